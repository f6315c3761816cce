package eval

import (
	"math"
	"slices"
	"time"
)

// Format names the form of a report's JSON. It changes when a member changes its meaning; new members come without a change.
const Format = "merlon-eval/1"

// Report is what a run measured; its JSON is the machine-readable form, described in docs/eval.md.
type Report struct {
	Format     string         `json:"format"`
	Subject    string         `json:"subject"`    // what was measured
	RowsSHA256 string         `json:"rowsSha256"` // of the rows' file
	Rows       int            `json:"rows"`
	Failures   map[string]int `json:"failures"` // rows that could not be judged, by error code; no figure counts them
	Tables     []Table        `json:"tables"`
	Entities   []EntityTable  `json:"entities,omitempty"`
	Advice     []Advice       `json:"advice,omitempty"`
	Ignored    map[string]int `json:"ignored"` // labels of rows that the detection says nothing of, and how often they come
	Latency    Latency        `json:"latency"`
	Comparison *Comparison    `json:"comparison,omitempty"`
	Outcomes   []Outcome      `json:"outcomes"` // row by row, so that a later run can be compared with this one
}

// Table is the figures of one label, over all rows or those of one language.
type Table struct {
	Label            string       `json:"label"`
	Lang             string       `json:"lang,omitempty"` // empty for all rows
	Rows             int          `json:"rows"`
	Positives        int          `json:"positives"`
	AUROC            *Figure      `json:"auroc"`
	RecallAt1        *Figure      `json:"recallAt1PercentFalsePositives"`
	RecallAt2        *Figure      `json:"recallAt2PercentFalsePositives"`
	Brier            *Figure      `json:"brier"` // nil without a probability, as is the next
	CalibrationError *Figure      `json:"calibrationError"`
	Points           []Point      `json:"points"`
	ROC              [][2]float64 `json:"roc,omitempty"` // false positive rate and recall; of all rows alone, as is the next
	Reliability      []Bin        `json:"reliability,omitempty"`
}

// Point is the figures where a line is drawn.
type Point struct {
	At            string  `json:"at"`
	Precision     *Figure `json:"precision"`
	Recall        *Figure `json:"recall"`
	F1            *Figure `json:"f1"`
	FalsePositive *Figure `json:"falsePositiveRate"`
}

// Latency is the time that the detection of a row took.
type Latency struct {
	P50 float64 `json:"p50Milliseconds"`
	P99 float64 `json:"p99Milliseconds"`
}

// fewest is how many rows of a language make a table of its own, and how many of each class make an advice.
const fewest = 30

// Measure makes a report of what was said of rows. It depends on rows and outcomes alone. tolerated is the false positive rate up to
// which a strength is advised.
func Measure(rows []Row, outcomes []Outcome, tolerated float64) Report {
	r := Report{Format: Format, Rows: len(rows), Failures: map[string]int{}, Ignored: map[string]int{}, Outcomes: outcomes, Latency: latency(outcomes)}
	for _, o := range outcomes {
		if o.Failure != "" {
			r.Failures[o.Failure]++
		}
	}
	labels := labelsOf(outcomes)
	for _, row := range rows {
		for _, l := range row.Labels {
			if !slices.Contains(labels, l) {
				r.Ignored[l]++
			}
		}
	}
	for _, label := range labels {
		points := pointsOf(outcomes, label)
		samples := samplesOf(rows, outcomes, label, points)
		if len(samples) == 0 {
			continue
		}
		whole := table(label, "", samples, points)
		ranked := byRank(samples)
		whole.ROC, whole.Reliability = roc(ranked), reliability(ranked)
		r.Tables = append(r.Tables, whole)
		for _, lang := range langsOf(samples, sample.language) {
			r.Tables = append(r.Tables, table(label, lang, ofLang(samples, lang), points))
		}
		if a, ok := advise(whole, tolerated); ok {
			r.Advice = append(r.Advice, a)
		}
	}
	r.Entities = entityTables(rows, outcomes)
	return r
}

// samplesOf are the rows that say something about a label and were judged.
func samplesOf(rows []Row, outcomes []Outcome, label string, points []string) (samples []sample) {
	for i, row := range rows {
		positive, judged := row.says(label)
		if !judged || !outcomes[i].knows(label) {
			continue
		}
		v := outcomes[i].Verdicts[label]
		s := sample{at: len(samples), rank: v.rank(), forecast: math.NaN(), positive: positive, lang: row.Lang}
		if v.Score != nil {
			s.forecast = *v.Score
		}
		for _, p := range points {
			s.hits = append(s.hits, v.flags(p))
		}
		samples = append(samples, s)
	}
	return samples
}

// langsOf are the languages that make a table: those with enough rows, where the rows name several.
func langsOf[T any](rows []T, langOf func(T) string) (langs []string) {
	count := map[string]int{}
	for _, row := range rows {
		count[langOf(row)]++
	}
	for lang, n := range count {
		if lang != "" && n >= fewest && len(count) > 1 {
			langs = append(langs, lang)
		}
	}
	slices.Sort(langs)
	return langs
}

func (s sample) language() string { return s.lang }

func ofLang(samples []sample, lang string) (out []sample) {
	for _, s := range samples {
		if s.lang == lang {
			s.at = len(out)
			out = append(out, s)
		}
	}
	return out
}

func table(label, lang string, samples []sample, points []string) Table {
	ranked := byRank(samples)
	t := tableOf(bootstrap(len(samples), func(weight []int) []float64 { return measure(ranked, weight, len(points)) }), points)
	t.Label, t.Lang, t.Rows = label, lang, len(samples)
	for _, s := range samples {
		if s.positive {
			t.Positives++
		}
	}
	return t
}

// tableOf names the figures that measure gives.
func tableOf(f []*Figure, points []string) Table {
	t := Table{AUROC: f[auroc], RecallAt1: f[recallAt1], RecallAt2: f[recallAt2], Brier: f[brier], CalibrationError: f[calibrationError]}
	for k, at := range points {
		p := f[firstPoint+k*perPoint:]
		t.Points = append(t.Points, Point{at, p[precision], p[recall], p[f1], p[falseAlarms]})
	}
	return t
}

func latency(outcomes []Outcome) Latency {
	var took []time.Duration
	for _, o := range outcomes {
		if o.Failure == "" {
			took = append(took, o.took)
		}
	}
	if len(took) == 0 {
		return Latency{}
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	return Latency{at(0.5), at(0.99)}
}
