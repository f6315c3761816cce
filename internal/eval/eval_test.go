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
	rows, err := ReadRows(strings.NewReader(`{"text": "a", "labels": ["HATE"], "judged": ["HATE"], "lang": "ko", "id": 7, "_why": "x"}` + "\n\n" + `{"text": "b", "labels": []}`))
	want := []Row{{Text: "a", Labels: []string{"HATE"}, Judged: []string{"HATE"}, Lang: "ko"}, {Text: "b", Labels: []string{}}}
	if diff := cmp.Diff(want, rows); err != nil || diff != "" {
		t.Errorf("error %v, rows (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{
		"", "[]", `{"text": "a"}`, `{"labels": []}`, `{"text": "a", "labels": [], "label": 1}`, `{"text": "a", "labels": ["HATE"], "judged": []}`, "{\"text\": \"\xff\", \"labels\": []}",
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
		for range 150 {
			s := sample{score: float64(rng.IntN(30)) / 30, positive: rng.IntN(3) == 0}
			s.hits = []bool{s.score >= 0.5}
			samples = append(samples, s)
		}
		slices.SortFunc(samples, func(a, b sample) int { return int(100 * (b.score - a.score)) })
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
					if a.score > b.score {
						won += w
					} else if a.score == b.score {
						won += w / 2
					}
				}
			}
		}
		at := func(rate float64) (best float64) {
			for threshold := 0.0; threshold <= 1.1; threshold += 1.0 / 60 {
				var hits, alarms float64
				for i, s := range samples {
					if s.score >= threshold && s.positive {
						hits += float64(weight[i])
					} else if s.score >= threshold {
						alarms += float64(weight[i])
					}
				}
				if alarms <= rate*negatives {
					best = max(best, hits/positives)
				}
			}
			return best
		}
		p, r := tp/(tp+fp), tp/positives
		want := []float64{won / pairs, at(0.01), at(0.02), p, r, 2 * p * r / (p + r), fp / negatives}
		if diff := cmp.Diff(want, measure(samples, weight, 1), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Fatalf("figures (-want +got):\n%s", diff)
		}
	}
}

func TestFiguresThatRowsDoNotDefineAreLeftOut(t *testing.T) {
	t.Parallel()
	benign := []sample{{score: 0.2, hits: []bool{false}}, {score: 0.9, hits: []bool{true}}}
	f := figures(benign, 1)
	if f[auroc] != nil || f[recallAt1] != nil || f[firstPoint+recall] != nil || f[firstPoint+falseAlarms] == nil || f[firstPoint+falseAlarms].Value != 0.5 {
		t.Errorf("figures %v", f)
	}
	var many []sample
	for i := range 400 {
		many = append(many, sample{score: float64(i%100) / 100, positive: i%100 > 60, hits: []bool{i%100 > 50}})
	}
	for k, f := range figures(many, 1) {
		if f == nil || math.IsNaN(f.Value) || f.Low > f.Value || f.High < f.Value || f.High-f.Low > 0.2 {
			t.Errorf("figure %d: %v", k, f)
		}
	}
}

// keyword is a scorer that knows one word.
type keyword struct{}

func (keyword) Labels() []string { return []string{"SHOUT"} }
func (keyword) Points() []string { return []string{"HIGH"} }
func (keyword) Score(_ context.Context, s string) ([]Verdict, time.Duration, error) {
	if s == "" {
		return nil, 0, errors.New("nothing to read")
	}
	loud := strings.ToUpper(s) == s
	return []Verdict{{map[bool]float64{true: 1}[loud], []bool{loud}}}, time.Millisecond, nil
}

func TestRun(t *testing.T) {
	t.Parallel()
	rows := []Row{{Text: "HEY", Labels: []string{"SHOUT"}, Lang: "en"}, {Text: "YES", Lang: "ko"}, {Text: "no", Labels: []string{"WHISPER"}, Lang: "ko"}, {Text: "non", Lang: "fr"}}
	for range fewest - 2 {
		rows = append(rows, Row{Text: "hey", Lang: "en"}, Row{Text: "hey", Lang: "ko"})
	}
	rows = append(rows, Row{Text: "hey", Lang: "en"})
	r, err := Run(t.Context(), rows, keyword{})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]any
	for _, table := range r.Tables {
		got = append(got, []any{table.Label, table.Lang, table.Rows, table.Positives})
	}
	want := [][]any{{"SHOUT", "", 61, 1}, {"SHOUT", "en", 30, 1}, {"SHOUT", "ko", 30, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
	if p := r.Tables[0].Points[0]; p.Precision.Value != 0.5 || p.Recall.Value != 1 || r.Ignored["WHISPER"] != 1 || r.Latency.P50 != 1 {
		t.Errorf("report %+v", r)
	}
	var text strings.Builder
	if err := r.WriteMarkdown(&text); err != nil || !strings.Contains(text.String(), "| SHOUT | en | HIGH |") || !strings.Contains(text.String(), "WHISPER") {
		t.Errorf("error %v, text:\n%s", err, text.String())
	}
	if _, err := Run(t.Context(), []Row{{}}, keyword{}); err == nil {
		t.Error("a row that could not be scored was passed over")
	}
}
