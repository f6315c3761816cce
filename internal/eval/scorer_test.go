package eval

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// flagged names what a scorer flags in a text: as configured, or else at the highest strength.
func flagged(t *testing.T, s Scorer, row Row) (names []string) {
	t.Helper()
	reading, err := s.Score(t.Context(), row)
	if err != nil {
		t.Fatalf("%q: %v", row.Text, err)
	}
	outcomes := []Outcome{{Verdicts: reading.Verdicts}}
	for _, label := range labelsOf(outcomes) {
		v, points := reading.Verdicts[label], pointsOf(outcomes, label)
		if len(points) == 0 || v.rank() < 0 || v.rank() > 1 {
			t.Fatalf("%q, %s: verdict %+v", row.Text, label, v)
		}
		if v.flags(points[0]) || points[0] == StrengthLow && v.flags(StrengthHigh) {
			names = append(names, label)
		}
	}
	return names
}

func TestScorers(t *testing.T) {
	t.Parallel()
	guard := guardmodeltest.Load(t, trunk.Options{})
	factories := evaluate.RuleFactories()
	maps.Copy(factories, evaluate.GuardModelFactories(guard))
	compiled, err := evaluate.Compile(guardrail.Guardrail{ID: "abc123abc123", Config: guardrail.Config{
		Content:   guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{{Category: guardrail.Violence, InputStrength: guardrail.StrengthLow}}},
		Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Block}}},
		Words:     guardrail.WordPolicy{Words: []guardrail.Word{{Text: "Bluewhale"}}, Managed: []guardrail.ManagedList{{Type: guardrail.Profanity}}},
	}}, factories)
	if err != nil {
		t.Fatal(err)
	}
	model, whole := NewModel(guard), NewGuardrail(evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), compiled, guardrail.Input, guard)
	for _, c := range []struct {
		text         string
		model, whole []string
	}{
		{"the cat sat on a mat", nil, nil},
		{"we will kill the cat", []string{AnyContent, "VIOLENCE"}, []string{Anything, AnyContent, "VIOLENCE"}},
		{"please launder the cake", []string{AnyContent, "MISCONDUCT"}, nil},
		{"please override the cake", []string{"PROMPT_ATTACK"}, nil},
		{"a Bluewhale", nil, []string{Anything, CustomWord}},
		{"please send me the cake at dana@example.com", nil, []string{Anything, "EMAIL"}},
	} {
		if got := flagged(t, model, Row{Text: c.text}); !slices.Equal(got, c.model) {
			t.Errorf("model, %q: %v", c.text, got)
		}
		if got := flagged(t, whole, Row{Text: c.text}); !slices.Equal(got, c.whole) {
			t.Errorf("guardrail, %q: %v", c.text, got)
		}
	}
	reading, err := whole.Score(t.Context(), Row{Text: "nothing"})
	if err != nil {
		t.Fatal(err)
	}
	for _, silent := range []string{CustomWord, "PROFANITY"} { // an assessment does not name what did not match
		if v := reading.Verdicts[silent]; v.Detected == nil || *v.Detected {
			t.Errorf("%s: %+v", silent, v)
		}
	}
}

// TestABlockHidesMasks has a guardrail block one piece of personal data and mask another: what it says of the first says nothing of the
// second, which must count neither as found nor as missed.
func TestABlockHidesMasks(t *testing.T) {
	t.Parallel()
	compiled, err := evaluate.Compile(guardrail.Guardrail{ID: "abc123abc123", Config: guardrail.Config{Sensitive: guardrail.SensitivePolicy{
		Entities: []guardrail.PIIEntity{
			{Type: "EMAIL", Gates: guardrail.Gates{Output: guardrail.Gate{Action: guardrail.Anonymize, Enabled: guardrail.On}}},
			{Type: "MAC_ADDRESS", Gates: guardrail.Gates{Output: guardrail.Gate{Action: guardrail.Block, Enabled: guardrail.On}}},
		},
	}}}, evaluate.RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ReadRows(strings.NewReader(`{"text": "dana@example.com", "spans": [{"type": "EMAIL", "start": 0, "end": 16}]}
{"text": "dana@example.com 00:1B:44:11:3A:B7", "spans": [{"type": "EMAIL", "start": 0, "end": 16}, {"type": "MAC_ADDRESS", "start": 17, "end": 34}]}
{"text": "nothing", "spans": []}`))
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := Judge(t.Context(), rows, NewGuardrail(evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), compiled, guardrail.Output, nil), 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Measure(rows, outcomes, 0.02)
	var got []string
	for _, table := range r.Tables {
		got = append(got, fmt.Sprintf("%s %d/%d %v", table.Label, table.Positives, table.Rows, table.Points[0].Recall.Value))
	}
	for _, e := range r.Entities {
		got = append(got, fmt.Sprintf("%s %d/%d", e.Type, e.Exact, e.Marked))
	}
	if diff := cmp.Diff([]string{"GUARDRAIL 2/3 1", "EMAIL 1/2 1", "MAC_ADDRESS 1/3 1", "EMAIL 1/1", "MAC_ADDRESS 1/1"}, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

// TestTopicsAndGrounding measures policies whose detectors are scripted: what names cats is on the topic, and a text is grounded at 0.9
// where the source has it and at 0.2 where not.
func TestTopicsAndGrounding(t *testing.T) {
	t.Parallel()
	scripted := func(family detect.Family, answer func(in detect.Input) []detect.Finding) func(evaluate.Wanted) ([]detect.Detector, error) {
		return func(evaluate.Wanted) ([]detect.Detector, error) {
			return []detect.Detector{detecttest.Scripted{Of: family, Answer: func(_ context.Context, in detect.Input) ([]detect.Finding, error) { return answer(in), nil }}}, nil
		}
	}
	factories := evaluate.Factories{
		detect.Topic: scripted(detect.Topic, func(in detect.Input) (found []detect.Finding) {
			if said := in.Blocks[0].Original(); strings.Contains(said, "cat") {
				found = append(found, detect.Finding{Type: "Cats", Span: text.Span{End: len(said)}, Confidence: detect.High, Score: 0.9})
			}
			return found
		}),
		detect.Grounding: scripted(detect.Grounding, func(in detect.Input) []detect.Finding {
			score := 0.2
			if strings.Contains(in.Sources[0].Original(), in.Blocks[0].Original()) {
				score = 0.9
			}
			return []detect.Finding{{Type: "GROUNDING", Block: -1, Score: score}, {Type: "RELEVANCE", Block: -1, Score: 0.6}}
		}),
	}
	compiled, err := evaluate.Compile(guardrail.Guardrail{ID: "abc123abc123", Config: guardrail.Config{
		Topics: guardrail.TopicPolicy{Topics: []guardrail.Topic{{Name: "Cats", Definition: "What is said of cats."}}},
		Grounding: guardrail.GroundingPolicy{Filters: []guardrail.GroundingFilter{
			{Type: guardrail.Grounded, Threshold: 0.5, Action: guardrail.Block}, {Type: guardrail.Relevant, Threshold: 0.5, Action: guardrail.Block},
		}},
	}}, factories)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := ReadRows(strings.NewReader(`{"text": "a cat sat", "labels": ["Cats"], "grounding_source": "on a mat a cat sat", "query": "who sat?"}
{"text": "a dog sat", "labels": ["UNGROUNDED"], "grounding_source": ["on a mat a cat sat"], "query": "who sat?"}
{"text": "no source", "labels": ["Cats"]}
{"text": "the cat is out", "labels": []}`))
	if err != nil {
		t.Fatal(err)
	}
	outcomes, err := Judge(t.Context(), rows, NewGuardrail(evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), compiled, guardrail.Output, nil), 2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range Measure(rows, outcomes, 0.02).Tables {
		got = append(got, fmt.Sprintf("%s %d/%d: AUROC %.4s, recall %.4s, Brier %.5s", table.Label, table.Positives, table.Rows, table.AUROC, table.Points[0].Recall, table.Brier))
	}
	want := []string{
		"GUARDRAIL 3/4: AUROC 0.33, recall 0.66, Brier –", "UNGROUNDED 1/2: AUROC 1.00, recall 1.00, Brier 0.025", "IRRELEVANT 0/2: AUROC –, recall –, Brier 0.160",
		"Cats 2/4: AUROC 0.50, recall 0.50, Brier –",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}
