package eval

import (
	"fmt"
	"slices"
)

// Comparison sets what was measured against something else on the same rows.
type Comparison struct {
	With        string  `json:"with"`        // subject of the other
	Rows        int     `json:"rows"`        // that both could judge; only they count
	Differences []Table `json:"differences"` // figures of this less those of the other; the intervals are of the paired difference
	Turned      []Turn  `json:"turned"`      // verdicts that are not what they were
}

// Turn is one verdict that differs between the two.
type Turn struct {
	Line     int    `json:"line"`
	ID       string `json:"id,omitempty"`
	Label    string `json:"label"`
	At       string `json:"at"`
	Positive bool   `json:"positive"` // the row has the label
	Before   bool   `json:"before"`   // flagged by the other
	After    bool   `json:"after"`    // flagged by this
}

// Compare sets after against before, two outcomes of the same rows. Labels and lines that one of them lacks are left out.
func Compare(rows []Row, before, after []Outcome) (Comparison, error) {
	if len(before) != len(rows) || len(after) != len(rows) {
		return Comparison{}, fmt.Errorf("%d rows, but outcomes of %d and %d", len(rows), len(before), len(after))
	}
	var c Comparison
	for i := range rows {
		if before[i].Failure == "" && after[i].Failure == "" {
			c.Rows++
		}
	}
	known := labelsOf(before)
	for _, label := range labelsOf(after) {
		drawn := pointsOf(before, label)
		points := slices.DeleteFunc(pointsOf(after, label), func(p string) bool { return !slices.Contains(drawn, p) })
		if !slices.Contains(known, label) || len(points) == 0 {
			continue
		}
		var shared []Row
		var from, to []Outcome
		for i, row := range rows {
			if before[i].knows(label) && after[i].knows(label) {
				shared, from, to = append(shared, row), append(from, before[i]), append(to, after[i])
			}
		}
		if scores(from, label) != scores(to, label) { // rank both by what both tell
			from, to = withoutScores(from, label), withoutScores(to, label)
		}
		a, b := samplesOf(shared, from, label, points), samplesOf(shared, to, label, points)
		if len(a) == 0 {
			continue
		}
		c.Differences = append(c.Differences, difference(label, "", a, b, points))
		for _, lang := range langsOf(a, sample.language) {
			c.Differences = append(c.Differences, difference(label, lang, ofLang(a, lang), ofLang(b, lang), points))
		}
		c.Turned = append(c.Turned, turned(shared, from, to, label, points)...)
	}
	return c, nil
}

// scores tells whether verdicts on a label come with a probability.
func scores(outcomes []Outcome, label string) bool {
	return slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Verdicts[label].Score != nil })
}

func withoutScores(outcomes []Outcome, label string) []Outcome {
	outcomes = slices.Clone(outcomes)
	for i, o := range outcomes {
		v := o.Verdicts[label]
		v.Score = nil
		outcomes[i].Verdicts = map[string]Verdict{label: v}
	}
	return outcomes
}

// difference draws the same rows for both, so that what is easy or hard for both cancels out.
func difference(label, lang string, before, after []sample, points []string) Table {
	a, b := byRank(before), byRank(after)
	t := tableOf(bootstrap(len(a), func(weight []int) []float64 {
		was, is := measure(a, weight, len(points)), measure(b, weight, len(points))
		for k := range is {
			is[k] -= was[k]
		}
		return is
	}), points)
	t.Label, t.Lang, t.Rows = label, lang, len(a)
	for _, s := range a {
		if s.positive {
			t.Positives++
		}
	}
	return t
}

// turned lists what changed where both draw the line: as configured, or else at every strength.
func turned(rows []Row, before, after []Outcome, label string, points []string) (turns []Turn) {
	if slices.Contains(points, Configured) {
		points = []string{Configured}
	}
	for i, row := range rows {
		positive, judged := row.says(label)
		for _, p := range points {
			was, is := before[i].Verdicts[label].flags(p), after[i].Verdicts[label].flags(p)
			if judged && was != is {
				turns = append(turns, Turn{row.Line, row.ID, label, p, positive, was, is})
			}
		}
	}
	return turns
}
