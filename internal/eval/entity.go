package eval

import (
	"slices"
	"strings"
)

// Matches counts the personal data of one type in one row, or in all.
type Matches struct {
	Marked      int `json:"marked"`      // in the row
	Reported    int `json:"reported"`    // by detection
	Exact       int `json:"exact"`       // both, to the letter
	Overlapping int `json:"overlapping"` // both, one inside the other; the exact ones are among them
}

func (m Matches) plus(n Matches, times int) Matches {
	return Matches{m.Marked + times*n.Marked, m.Reported + times*n.Reported, m.Exact + times*n.Exact, m.Overlapping + times*n.Overlapping}
}

// match pairs what is marked in a row with what was reported, each at most once, exact pairs first. It tells nothing of a row in which
// nothing was marked on purpose.
func match(marked, reported []Span) map[string]Matches {
	if marked == nil {
		return nil
	}
	out := map[string]Matches{}
	for _, s := range marked {
		out[s.Type] = out[s.Type].plus(Matches{Marked: 1}, 1)
	}
	for _, s := range reported {
		out[s.Type] = out[s.Type].plus(Matches{Reported: 1}, 1)
	}
	marked, reported = slices.Clone(marked), slices.Clone(reported)
	pair := func(same func(a, b string) bool, found Matches) {
		reported = slices.DeleteFunc(reported, func(r Span) bool {
			i := slices.IndexFunc(marked, func(m Span) bool { return m.Type == r.Type && same(m.Match, r.Match) })
			if i < 0 {
				return false
			}
			out[r.Type] = out[r.Type].plus(found, 1)
			marked = slices.Delete(marked, i, i+1)
			return true
		})
	}
	pair(func(a, b string) bool { return a == b }, Matches{Exact: 1, Overlapping: 1})
	pair(func(a, b string) bool { return strings.Contains(a, b) || strings.Contains(b, a) }, Matches{Overlapping: 1})
	return out
}

// EntityTable is the figures of one type of personal data, occurrence by occurrence, over the rows with spans or those of one language.
type EntityTable struct {
	Type string `json:"type"`
	Lang string `json:"lang,omitempty"` // empty for all rows
	Matches
	Precision        *Figure `json:"precision"` // exact of reported
	Recall           *Figure `json:"recall"`    // exact of marked
	F1               *Figure `json:"f1"`
	RecallOverlapped *Figure `json:"overlappingRecall"` // overlapping of marked
}

// counted is what was matched in a row.
type counted struct {
	Matches
	lang string
}

func (c counted) language() string { return c.lang }

// entityTables gives a table for each type that detection reports or looked for in vain, and those of languages behind it.
func entityTables(rows []Row, outcomes []Outcome) (tables []EntityTable) {
	for _, label := range labelsOf(outcomes) {
		var all []counted
		for i, o := range outcomes {
			if o.Failure == "" && o.Entities != nil {
				all = append(all, counted{o.Entities[label], rows[i].Lang})
			}
		}
		for _, lang := range append([]string{""}, langsOf(all, counted.language)...) {
			if t, ok := entityTable(label, lang, all); ok {
				tables = append(tables, t)
			}
		}
	}
	return tables
}

// entityTable is that of a language, or of all rows; there is none where nothing was marked or reported.
func entityTable(label, lang string, all []counted) (EntityTable, bool) {
	var rows []Matches
	var sum Matches
	for _, c := range all {
		if lang == "" || lang == c.lang {
			rows = append(rows, c.Matches)
			sum = sum.plus(c.Matches, 1)
		}
	}
	if sum == (Matches{}) {
		return EntityTable{}, false
	}
	f := bootstrap(len(rows), func(weight []int) []float64 {
		var m Matches
		for i, row := range rows {
			m = m.plus(row, weight[i])
		}
		marked, reported, exact := float64(m.Marked), float64(m.Reported), float64(m.Exact)
		return []float64{exact / reported, exact / marked, 2 * exact / (marked + reported), float64(m.Overlapping) / marked}
	})
	return EntityTable{label, lang, sum, f[0], f[1], f[2], f[3]}, true
}
