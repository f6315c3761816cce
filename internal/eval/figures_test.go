package eval

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/guardrail"
)

// graded is a verdict with a score and what a filter of strength MEDIUM makes of it.
func graded(score float64) map[string]Verdict {
	confidence := "NONE"
	for _, band := range []struct {
		from float64
		name string
	}{{0.25, "LOW"}, {0.5, "MEDIUM"}, {0.75, "HIGH"}} {
		if score >= band.from {
			confidence = band.name
		}
	}
	return map[string]Verdict{"HATE": {Score: &score, Confidence: confidence, Detected: new(score >= 0.5)}}
}

// scoredRows are rows and outcomes of HATE with the given scores; the first count of them have it.
func scoredRows(positives int, scores ...float64) (rows []Row, outcomes []Outcome) {
	for i, score := range scores {
		row := Row{Line: i + 1}
		if i < positives {
			row.Labels = []string{"HATE"}
		}
		rows, outcomes = append(rows, row), append(outcomes, Outcome{Line: i + 1, Verdicts: graded(score)})
	}
	return rows, outcomes
}

// TestFiguresByHand counts what eight rows give: the four with the label score 0.95, 0.65, 0.35, 0.15, the others 0.75, 0.15, 0.05, 0.05.
func TestFiguresByHand(t *testing.T) {
	t.Parallel()
	rows, outcomes := scoredRows(4, 0.95, 0.65, 0.35, 0.15, 0.75, 0.15, 0.05, 0.05)
	r := Measure(rows, outcomes, 0.02)
	if len(r.Tables) != 1 {
		t.Fatalf("tables %+v", r.Tables)
	}
	table := r.Tables[0]
	type line struct {
		At                                string
		Precision, Recall, F1, FalseAlarm float64
	}
	var lines []line
	for _, p := range table.Points {
		lines = append(lines, line{p.At, p.Precision.Value, p.Recall.Value, p.F1.Value, p.FalsePositive.Value})
	}
	near := cmpopts.EquateApprox(0, 1e-9)
	want := []line{
		{Configured, 2. / 3, 0.5, 4. / 7, 0.25},
		{StrengthLow, 0.5, 0.25, 1. / 3, 0.25},
		{StrengthMedium, 2. / 3, 0.5, 4. / 7, 0.25},
		{StrengthHigh, 0.75, 0.75, 0.75, 0.25},
	}
	if diff := cmp.Diff(want, lines, near); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	// Pairs won: 4 + 3 + 3 + 2.5 of 16. Off: bin 0 by 0.1 - 0, bin 1 by 0.3 - 1, bins 3, 6, 7, 9 by 0.65, 0.35, 0.75, 0.05, of 8 rows.
	if got, want := []float64{table.AUROC.Value, table.RecallAt1.Value, table.CalibrationError.Value}, []float64{12.5 / 16, 0.25, (0.1 + 0.7 + 0.65 + 0.35 + 0.75 + 0.05) / 8}; !cmp.Equal(want, got, near) {
		t.Errorf("figures %v, not %v", got, want)
	}
	if got, want := table.Brier.Value, (0.0025+0.1225+0.4225+0.7225+0.5625+0.0225+0.0025+0.0025)/8; math.Abs(got-want) > 1e-9 {
		t.Errorf("Brier %v, not %v", got, want)
	}
	curve := [][2]float64{{0, 0}, {0, 0.25}, {0.25, 0.25}, {0.25, 0.5}, {0.25, 0.75}, {0.5, 1}, {1, 1}}
	if diff := cmp.Diff(curve, table.ROC, near); diff != "" {
		t.Errorf("curve (-want +got):\n%s", diff)
	}
	// Wilson's interval of 1 in 2 is known: 0.0945 to 0.9055.
	bin := Bin{From: 0.1, To: 0.2, Rows: 2, Positives: 1, Forecast: 0.15, Share: 0.5, Low: 0.0945312, High: 0.9054688}
	if diff := cmp.Diff(bin, table.Reliability[1], cmpopts.EquateApprox(0, 1e-6)); diff != "" || len(table.Reliability) != 6 {
		t.Errorf("%d bins, second (-want +got):\n%s", len(table.Reliability), diff)
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	// 100 benign texts, of which 1 is scored 0.8, 2 more 0.6, 5 more 0.3.
	benign := func(scores ...float64) []float64 {
		scores = append(scores, 0.8, 0.6, 0.6, 0.3, 0.3, 0.3, 0.3, 0.3)
		for range 92 {
			scores = append(scores, 0.1)
		}
		return scores
	}
	var found []float64
	for range fewest {
		found = append(found, 0.9)
	}
	for tolerated, want := range map[float64]guardrail.Strength{0: "NONE", 0.01: "LOW", 0.029: "LOW", 0.03: "MEDIUM", 0.08: "HIGH"} {
		rows, outcomes := scoredRows(fewest, benign(found...)...)
		if got := Measure(rows, outcomes, tolerated).Advice; len(got) != 1 || got[0] != (Advice{"HATE", tolerated, want}) {
			t.Errorf("at %v: %+v, not %s", tolerated, got, want)
		}
	}
	rows, outcomes := scoredRows(fewest, benign(found...)...)
	var text strings.Builder
	if err := Measure(rows, outcomes, 0.03).WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| HATE | 0.97 / 1.00 / 0.010 (", "| 0.91 / 1.00 / 0.030 (", "| 0.79 / 1.00 / 0.080 (", ") | MEDIUM |"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("lacks %q:\n%s", want, text.String())
		}
	}
	rows, outcomes = scoredRows(fewest-1, benign(found[1:]...)...)
	if got := Measure(rows, outcomes, 1).Advice; len(got) != 1 || got[0].Strength != "" {
		t.Errorf("of too few rows: %+v", got)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	rows, before := scoredRows(3, 0.9, 0.3, 0.8, 0.6, 0.2, 0.9)
	_, after := scoredRows(3, 0.3, 0.7, 0.8, 0.1, 0.55, 0.1)
	rows[1].ID = "second"
	before[5], after[2] = Outcome{Line: 6, Failure: "Busy"}, Outcome{Line: 3, Failure: "Busy"} // rows of one side count on none
	c, err := Compare(rows, before, after)
	if err != nil {
		t.Fatal(err)
	}
	want := []Turn{
		{1, "", "HATE", Configured, true, true, false},
		{2, "second", "HATE", Configured, true, false, true},
		{4, "", "HATE", Configured, false, true, false},
		{5, "", "HATE", Configured, false, false, true},
	}
	if diff := cmp.Diff(want, c.Turned); diff != "" || c.Rows != 4 {
		t.Errorf("%d rows, turned (-want +got):\n%s", c.Rows, diff)
	}
	// AUROC of both is 3/4; a filter of strength HIGH finds both, and has one false alarm of two in either.
	high := c.Differences[0].Points[3]
	if d := c.Differences[0]; d.AUROC.Value != 0 || d.Rows != 4 || d.Positives != 2 || high.At != StrengthHigh || high.Recall.Value != 0 || high.FalsePositive.Value != 0 {
		t.Errorf("difference %+v", d)
	}
	low := c.Differences[0].Points[1] // before, 0.9 is found; after, nothing
	if low.Recall.Value != -0.5 || low.Precision != nil {
		t.Errorf("at strength LOW %+v", low)
	}
	if _, err := Compare(rows, before[1:], after); err == nil {
		t.Error("took outcomes of other rows")
	}
	var text strings.Builder
	r := Report{Comparison: &c}
	if err := r.WriteMarkdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4 verdicts turned", "| 1 |  | HATE | configured | **missed now** |", "| 2 | second | HATE | configured | found now |", "| 5 |  | HATE | configured | **flagged wrongly now** |", "| no longer flagged wrongly |"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("lacks %q:\n%s", want, text.String())
		}
	}
}

// TestADifferenceIsPaired has one scorer find 60 of 100 and the other the same and 10 more: each figure by itself is unsure by about a
// tenth, the difference is not.
func TestADifferenceIsPaired(t *testing.T) {
	t.Parallel()
	var before, after []float64
	for i := range 200 {
		score := 0.1
		if i < 60 {
			score = 0.9
		}
		before = append(before, score)
		if i >= 60 && i < 70 {
			score = 0.9
		}
		after = append(after, score)
	}
	rows, was := scoredRows(100, before...)
	_, is := scoredRows(100, after...)
	c, err := Compare(rows, was, is)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Differences[0].Points[0].Recall
	alone := Measure(rows, is, 0.02).Tables[0].Points[0].Recall
	if math.Abs(d.Value-0.1) > 1e-9 || d.Low <= 0.03 || d.High-d.Low > 0.15 || alone.High-alone.Low < 0.15 {
		t.Errorf("difference %v, figure alone %v", d, alone)
	}
}

// TestADifferenceRanksAlike compares an endpoint, which tells confidences alone, with the same detection in this process.
func TestADifferenceRanksAlike(t *testing.T) {
	t.Parallel()
	rows, inside := scoredRows(4, 0.95, 0.65, 0.35, 0.15, 0.75, 0.15, 0.05, 0.05)
	c, err := Compare(rows, inside, withoutScores(inside, "HATE"))
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Differences[0]; d.AUROC == nil || *d.AUROC != (Figure{}) || d.Brier != nil || inside[0].Verdicts["HATE"].Score == nil {
		t.Errorf("difference %+v", d)
	}
}

func TestEntities(t *testing.T) {
	t.Parallel()
	marked := []Span{{"NAME", "Dana"}, {"NAME", "Dana"}, {"NAME", "Ann Lee"}, {"EMAIL", "a@b.c"}}
	reported := []Span{{"NAME", "Lee"}, {"NAME", "Dana"}, {"NAME", "Bo"}, {"PHONE", "5"}}
	got := match(marked, reported)
	want := map[string]Matches{"NAME": {Marked: 3, Reported: 3, Exact: 1, Overlapping: 2}, "EMAIL": {Marked: 1}, "PHONE": {Reported: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}
	if match(nil, reported) != nil {
		t.Error("counts a row in which nobody marked anything")
	}
	verdicts := map[string]Verdict{"NAME": {}, "EMAIL": {}}
	tables := entityTables(make([]Row, 3), []Outcome{
		{Verdicts: verdicts, Entities: got}, {Verdicts: verdicts, Entities: map[string]Matches{"NAME": {Marked: 1, Reported: 1, Exact: 1, Overlapping: 1}}}, {Verdicts: verdicts},
	})
	if len(tables) != 2 || tables[0].Type != "EMAIL" || tables[0].Precision != nil || tables[0].Recall.Value != 0 {
		t.Fatalf("tables %+v", tables)
	}
	name := tables[1]
	if name.Precision.Value != 0.5 || name.Recall.Value != 0.5 || name.F1.Value != 0.5 || name.RecallOverlapped.Value != 0.75 || name.Marked != 4 {
		t.Errorf("names %+v", name)
	}
}

func TestEntitiesOfLanguages(t *testing.T) {
	t.Parallel()
	rows, outcomes := make([]Row, 61), make([]Outcome, 61)
	for i := range rows {
		rows[i].Lang = []string{"en", "ko"}[i%2]
		outcomes[i] = Outcome{Verdicts: map[string]Verdict{"NAME": {}}, Entities: map[string]Matches{"NAME": {Marked: 1, Exact: i % 2}}}
	}
	rows[60].Lang = "de" // too few rows for a table
	tables := entityTables(rows, outcomes)
	if len(tables) != 3 || tables[0].Lang != "" || tables[0].Marked != 61 {
		t.Fatalf("tables %+v", tables)
	}
	if en, ko := tables[1], tables[2]; en.Lang != "en" || en.Marked != 30 || en.Recall.Value != 0 || ko.Lang != "ko" || ko.Recall.Value != 1 {
		t.Errorf("languages %+v", tables[1:])
	}
}

func TestReadReport(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "{}", `{"format": "merlon-eval/0"}`, `{"format": "merlon-eval/1", "rows": 2, "outcomes": [{"line": 1}]}`} {
		if _, err := ReadReport([]byte(bad)); err == nil {
			t.Errorf("took %q", bad)
		}
	}
	failure := &Failure{"Busy", errors.New("wait")}
	if failure.Error() != "Busy: wait" || failure.Unwrap().Error() != "wait" {
		t.Error(failure)
	}
}
