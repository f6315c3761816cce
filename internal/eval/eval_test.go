package eval

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	rows, err := ReadRows(strings.NewReader(`{"text": "a", "labels": ["HATE"], "judged": ["HATE"], "lang": "ko", "id": 7, "_why": "x", "source": "web", "note": ["n"]}` + "\n\n" +
		`{"text": "b", "labels": [], "grounding_source": "s", "query": "q", "id": "b1"}` + "\n" +
		`{"text": "é Dana 데이나, dana@example.com", "spans": [{"type": "NAME", "start": 2, "end": 6}, {"type": "NAME", "start": 7, "end": 10}, {"type": "EMAIL", "start": 12, "end": 28}], "grounding_source": ["s", "t"]}`))
	want := []Row{
		{Line: 1, ID: "7", Text: "a", Labels: []string{"HATE"}, Judged: []string{"HATE"}, Lang: "ko"},
		{Line: 3, ID: "b1", Text: "b", Labels: []string{}, Sources: []string{"s"}, Query: "q"},
		{
			Line: 4, Text: "é Dana 데이나, dana@example.com", Labels: []string{"NAME", "EMAIL"}, Sources: []string{"s", "t"},
			Spans: []Span{{"NAME", "Dana"}, {"NAME", "데이나"}, {"EMAIL", "dana@example.com"}},
		},
	}
	if diff := cmp.Diff(want, rows); err != nil || diff != "" {
		t.Errorf("error %v, rows (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{
		"", "[]", "null", `{"text": "a"}`, `{"labels": []}`, `{"text": "a", "labels": [], "label": 1}`, `{"text": "a", "labels": ["HATE"], "judged": []}`,
		"{\"text\": \"\xff\", \"labels\": []}", `{"text": "a", "labels": []} {}`, `{"text": "a", "labels": [], "grounding_source": 1}`,
		`{"text": "é", "spans": [{"type": "NAME", "start": 0, "end": 2}]}`, `{"text": "a", "spans": [{"type": "NAME", "start": 0, "end": 0}]}`,
		`{"text": "a", "spans": [{"start": 0, "end": 1}]}`, `{"text": "a", "spans": [{"type": "NAME", "start": 0, "end": 1}], "judged": ["EMAIL"]}`,
	} {
		if _, err := ReadRows(strings.NewReader(bad)); err == nil {
			t.Errorf("took %q", bad)
		}
	}
}

func TestARowSaysWhatWasJudged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row              Row
		label            string
		positive, judged bool
	}{
		{Row{}, "HATE", false, true},
		{Row{Labels: []string{"HATE"}}, "HATE", true, true},
		{Row{Judged: []string{"SEXUAL"}}, "HATE", false, false},
		{Row{Labels: []string{"HATE"}}, AnyContent, true, true},
		{Row{Labels: []string{"EMAIL"}}, AnyContent, false, true},
		{Row{Labels: []string{"SEXUAL"}, Judged: []string{"SEXUAL"}}, AnyContent, true, true},
		{Row{Judged: []string{"SEXUAL"}}, AnyContent, false, false},
		{Row{Labels: []string{"EMAIL"}}, Anything, true, true},
		{Row{Judged: []string{"SEXUAL"}}, Anything, false, false},
		{Row{Labels: []string{Ungrounded}}, Ungrounded, true, false},
		{Row{Labels: []string{Ungrounded}, Sources: []string{"s"}, Query: "q"}, Ungrounded, true, true},
		{Row{Sources: []string{"s"}, Query: "q"}, Irrelevant, false, true},
	} {
		if positive, judged := c.row.says(c.label); positive != c.positive || judged != c.judged {
			t.Errorf("%+v of %s: positive %v, judged %v", c.row, c.label, positive, judged)
		}
	}
}

// TestMeasureEqualsTheDefinitions compares with figures that are computed pair by pair and threshold by threshold.
func TestMeasureEqualsTheDefinitions(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var samples []sample
		for i := range 150 {
			s := sample{at: i, rank: float64(rng.IntN(30)) / 30, positive: rng.IntN(3) == 0}
			s.forecast, s.hits = s.rank*s.rank, []bool{s.rank >= 0.5}
			samples = append(samples, s)
		}
		weight := make([]int, len(samples))
		for i := range weight {
			weight[i] = rng.IntN(3)
		}
		var pairs, won, positives, negatives, tp, fp float64
		for i, a := range samples {
			if !a.positive {
				negatives += float64(weight[i])
				if a.hits[0] {
					fp += float64(weight[i])
				}
				continue
			}
			positives += float64(weight[i])
			if a.hits[0] {
				tp += float64(weight[i])
			}
			for k, b := range samples {
				if w := float64(weight[i] * weight[k]); !b.positive {
					pairs += w
					if a.rank > b.rank {
						won += w
					} else if a.rank == b.rank {
						won += w / 2
					}
				}
			}
		}
		at := func(rate float64) (best float64) {
			for threshold := 0.0; threshold <= 1.1; threshold += 1.0 / 60 {
				var hits, alarms float64
				for i, s := range samples {
					if s.rank >= threshold && s.positive {
						hits += float64(weight[i])
					} else if s.rank >= threshold {
						alarms += float64(weight[i])
					}
				}
				if alarms <= rate*negatives {
					best = max(best, hits/positives)
				}
			}
			return best
		}
		square, distance := 0.0, 0.0
		for bin := range 10 {
			forecast, share := 0.0, 0.0
			for i, s := range samples {
				w, truth := float64(weight[i]), 0.0
				if s.positive {
					truth = 1
				}
				if low := float64(bin) / 10; s.forecast >= low && s.forecast < low+0.1 {
					forecast, share, square = forecast+w*s.forecast, share+w*truth, square+w*math.Pow(s.forecast-truth, 2)
				}
			}
			distance += math.Abs(forecast - share)
		}
		p, r, n := tp/(tp+fp), tp/positives, positives+negatives
		want := []float64{won / pairs, at(0.01), at(0.02), square / n, distance / n, p, r, 2 * p * r / (p + r), fp / negatives}
		if diff := cmp.Diff(want, measure(byRank(samples), weight, 1), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Fatalf("figures (-want +got):\n%s", diff)
		}
	}
}

func TestFiguresThatRowsDoNotDefineAreLeftOut(t *testing.T) {
	t.Parallel()
	benign := table("X", "", []sample{{rank: 0.2, forecast: math.NaN(), hits: []bool{false}}, {at: 1, rank: 0.9, forecast: math.NaN(), hits: []bool{true}}}, []string{Configured})
	if p := benign.Points[0]; benign.AUROC != nil || benign.RecallAt1 != nil || benign.Brier != nil || p.Recall != nil || p.FalsePositive == nil || p.FalsePositive.Value != 0.5 {
		t.Errorf("table %+v", benign)
	}
	var many []sample
	for i := range 400 {
		many = append(many, sample{at: i, rank: float64(i%100) / 100, forecast: float64(i%100) / 100, positive: i%100 > 60, hits: []bool{i%100 > 50}})
	}
	whole := table("X", "", many, []string{Configured})
	p := whole.Points[0]
	for k, f := range []*Figure{whole.AUROC, whole.RecallAt1, whole.RecallAt2, whole.Brier, whole.CalibrationError, p.Precision, p.Recall, p.F1, p.FalsePositive} {
		if f == nil || math.IsNaN(f.Value) || f.Low > f.Value || f.High < f.Value || f.High-f.Low > 0.2 {
			t.Errorf("figure %d: %v", k, f)
		}
	}
}

// keyword is a scorer that knows one word.
type keyword struct{}

func (keyword) Score(_ context.Context, row Row) (Reading, error) {
	switch row.Text {
	case "":
		return Reading{}, errors.New("nothing to read")
	case "busy":
		return Reading{}, &Failure{"ThrottlingException", errors.New("slow down")}
	}
	loud := strings.ToUpper(row.Text) == row.Text
	return Reading{Verdicts: map[string]Verdict{"SHOUT": {Detected: &loud}}, Took: time.Millisecond}, nil
}

func TestJudgeAndMeasure(t *testing.T) {
	t.Parallel()
	rows := []Row{{Text: "HEY", Labels: []string{"SHOUT"}, Lang: "en"}, {Text: "YES", Lang: "ko"}, {Text: "no", Labels: []string{"WHISPER"}, Lang: "ko"}, {Text: "non", Lang: "fr"}}
	for range fewest - 2 {
		rows = append(rows, Row{Text: "hey", Lang: "en"}, Row{Text: "hey", Lang: "ko"}, Row{Text: "busy", Labels: []string{"SHOUT"}, Lang: "ko"})
	}
	rows = append(rows, Row{Text: "hey", Lang: "en"})
	var first Report
	for _, concurrency := range []int{1, 8} {
		outcomes, err := Judge(t.Context(), rows, keyword{}, concurrency)
		if err != nil {
			t.Fatal(err)
		}
		r := Measure(rows, outcomes, 0.02)
		if concurrency == 1 {
			first = r
		} else if diff := cmp.Diff(first, r, cmp.AllowUnexported(Outcome{})); diff != "" {
			t.Errorf("eight at a time (-one +eight):\n%s", diff)
		}
		var got [][]any
		for _, table := range r.Tables {
			got = append(got, []any{table.Label, table.Lang, table.Rows, table.Positives})
		}
		want := [][]any{{"SHOUT", "", 61, 1}, {"SHOUT", "en", 30, 1}, {"SHOUT", "ko", 30, 0}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("tables (-want +got):\n%s", diff)
		}
		// The 28 rows that failed are in no figure: neither missed nor clean.
		if p := r.Tables[0].Points[0]; p.Precision.Value != 0.5 || p.Recall.Value != 1 || r.Failures["ThrottlingException"] != 28 || r.Ignored["WHISPER"] != 1 || r.Latency.P50 != 1 {
			t.Errorf("report %+v", r)
		}
		var text strings.Builder
		if err := r.WriteMarkdown(&text); err != nil || !strings.Contains(text.String(), "| SHOUT | en | configured |") || !strings.Contains(text.String(), "WHISPER") ||
			!strings.Contains(text.String(), "28 rows could not be judged (ThrottlingException)") {
			t.Errorf("error %v, text:\n%s", err, text.String())
		}
	}
	if _, err := Judge(t.Context(), []Row{{}}, keyword{}, 1); err == nil {
		t.Error("an error of the run was passed over")
	}
	if _, err := Judge(t.Context(), slices.Repeat([]Row{{Text: "busy"}}, 100), keyword{}, 1); err == nil || !strings.Contains(err.Error(), "none of 10 rows could be judged") {
		t.Errorf("where nothing can be judged: %v", err)
	}
	if _, err := Judge(t.Context(), []Row{{Text: "busy"}}, keyword{}, 1); err == nil {
		t.Error("a run without an outcome passed")
	}
}
