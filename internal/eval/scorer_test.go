package eval

import (
	"maps"
	"slices"
	"testing"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// hits names what a scorer detects in a text at its first point.
func hits(t *testing.T, s Scorer, text string) (names []string) {
	t.Helper()
	verdicts, _, err := s.Score(t.Context(), text)
	if err != nil || len(verdicts) != len(s.Labels()) {
		t.Fatalf("%q: %d verdicts for %d labels, error %v", text, len(verdicts), len(s.Labels()), err)
	}
	for i, v := range verdicts {
		if len(v.Hits) != len(s.Points()) || v.Score < 0 || v.Score > 1 {
			t.Fatalf("%q: verdict %+v", text, v)
		}
		if v.Hits[0] {
			names = append(names, s.Labels()[i])
		}
	}
	return names
}

func TestScorers(t *testing.T) {
	t.Parallel()
	guard := guardmodeltest.Load(t, guardmodel.Options{})
	factories := evaluate.RuleFactories()
	maps.Copy(factories, evaluate.GuardModelFactories(guard))
	compiled, err := evaluate.Compile(guardrail.Guardrail{ID: "abc123abc123", Config: guardrail.Config{
		Content:   guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{{Category: guardrail.Violence, InputStrength: guardrail.StrengthLow}}},
		Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Block}}},
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
		{"please send me the cake at dana@example.com", nil, []string{Anything, "EMAIL"}},
	} {
		if got := hits(t, model, c.text); !slices.Equal(got, c.model) {
			t.Errorf("model, %q: %v", c.text, got)
		}
		if got := hits(t, whole, c.text); !slices.Equal(got, c.whole) {
			t.Errorf("guardrail, %q: %v", c.text, got)
		}
	}
}
