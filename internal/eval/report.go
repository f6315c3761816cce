package eval

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report is what a run measured; its JSON is the machine-readable form.
type Report struct {
	Rows    int            `json:"rows"`
	Points  []string       `json:"points"`
	Tables  []Table        `json:"tables"`
	Ignored map[string]int `json:"ignored"` // labels of rows that the detection knows nothing of, and how often they come
	Latency Latency        `json:"latency"`
}

// Table is the figures of one label, over all rows or those of one language.
type Table struct {
	Label     string  `json:"label"`
	Lang      string  `json:"lang,omitempty"` // empty for all rows
	Rows      int     `json:"rows"`
	Positives int     `json:"positives"`
	AUROC     *Figure `json:"auroc"`
	RecallAt1 *Figure `json:"recallAt1PercentFalsePositives"`
	RecallAt2 *Figure `json:"recallAt2PercentFalsePositives"`
	Points    []Point `json:"points"` // as Report.Points names them
}

// Point is the figures where the line is drawn.
type Point struct {
	Precision     *Figure `json:"precision"`
	Recall        *Figure `json:"recall"`
	F1            *Figure `json:"f1"`
	FalsePositive *Figure `json:"falsePositiveRate"`
}

// Figure is a value with its 95 % bootstrap interval. A figure that the rows do not define is nil.
type Figure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func (f *Figure) String() string {
	if f == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f (%.2f–%.2f)", f.Value, f.Low, f.High)
}

// Latency is the time that the detection of a row took.
type Latency struct {
	P50 float64 `json:"p50Milliseconds"`
	P99 float64 `json:"p99Milliseconds"`
}

func latency(took []time.Duration) Latency {
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	return Latency{at(0.5), at(0.99)}
}

// fewest is how many rows of a language make a table of its own.
const fewest = 30

// tables gives the table of a label, and where the rows name several languages one for each that has enough of them.
func tables(label string, samples []sample, points int) []Table {
	byLang := map[string][]sample{}
	for _, s := range samples {
		byLang[s.lang] = append(byLang[s.lang], s)
	}
	out := []Table{table(label, "", samples, points)}
	if len(byLang) < 2 {
		return out
	}
	for _, lang := range slices.Sorted(maps.Keys(byLang)) {
		if lang != "" && len(byLang[lang]) >= fewest {
			out = append(out, table(label, lang, byLang[lang], points))
		}
	}
	return out
}

func table(label, lang string, samples []sample, points int) Table {
	f := figures(samples, points)
	t := Table{Label: label, Lang: lang, Rows: len(samples), AUROC: f[auroc], RecallAt1: f[recallAt1], RecallAt2: f[recallAt2]}
	for _, s := range samples {
		if s.positive {
			t.Positives++
		}
	}
	for k := range points {
		p := f[firstPoint+k*perPoint:]
		t.Points = append(t.Points, Point{p[precision], p[recall], p[f1], p[falseAlarms]})
	}
	return t
}

// WriteMarkdown writes the report for people. Labels without a positive row have their false positives alone.
func (r Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows; detection p50 %.1f ms, p99 %.1f ms. 95 %% bootstrap intervals in brackets.\n\n", r.Rows, r.Latency.P50, r.Latency.P99)
	b.WriteString("| label | language | rows / positive | AUROC | recall at 1 % FPR | recall at 2 % FPR |\n|---|---|---|---|---|---|\n")
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "| %s | %s | %d / %d | %s | %s | %s |\n", t.Label, t.Lang, t.Rows, t.Positives, t.AUROC, t.RecallAt1, t.RecallAt2)
	}
	b.WriteString("\n| label | language | line | precision | recall | F1 | false positive rate |\n|---|---|---|---|---|---|---|\n")
	for _, t := range r.Tables {
		for k, p := range t.Points {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", t.Label, t.Lang, r.Points[k], p.Precision, p.Recall, p.F1, p.FalsePositive)
		}
	}
	for _, l := range slices.Sorted(maps.Keys(r.Ignored)) {
		fmt.Fprintf(&b, "\nLabel %s, in %d rows, is nothing that was looked for.\n", l, r.Ignored[l])
	}
	_, err := io.WriteString(w, b.String())
	return err
}
