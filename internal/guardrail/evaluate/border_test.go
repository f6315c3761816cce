package evaluate

import (
	"testing"

	"merlon.dev/merlon/internal/guardrail"
)

func split2(s string, at int) []Block {
	return []Block{{Text: s[:at]}, {Text: s[at:], Follows: true}}
}

func TestWhatIsSplitBetweenBlocksIsFound(t *testing.T) {
	t.Parallel()
	g := guardrail.Guardrail{Config: guardrail.Config{
		Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: "Bluewhale"}}},
	}}
	c, err := Compile(g, RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	const s = "the Bluewhale roadmap"
	for at := 1; at < len(s); at++ {
		o, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: split2(s, at)})
		if err != nil || o.Decision != DecisionBlocked || len(o.Assessment.Words) != 1 {
			t.Errorf("split at %d: %+v, %v", at, o, err)
		}
	}
}

func TestMaskOverBlocks(t *testing.T) {
	t.Parallel()
	g := guardrail.Guardrail{Config: guardrail.Config{
		Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Anonymize}}},
	}}
	c, err := Compile(g, RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	const s, want = "write to dana@example.com now", "write to {EMAIL} now"
	for at := 1; at < len(s); at++ {
		o, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: split2(s, at)})
		if err != nil || o.Decision != DecisionMasked || o.Outputs[0]+o.Outputs[1] != want {
			t.Errorf("split at %d: %q, %v", at, o.Outputs, err)
		}
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	g := guardrail.Guardrail{Config: guardrail.Config{
		Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: "Bluewhale"}}},
	}}
	c, err := Compile(g, RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	const s = "the Bluewhale roadmap"
	for _, test := range []struct {
		window   Window
		decision Decision
		open     int
	}{
		{Window{0, len(s)}, DecisionBlocked, -1},
		{Window{0, 13}, DecisionBlocked, -1},
		{Window{0, 12}, DecisionPassed, 4}, // it may go on: Bluewhales
		{Window{13, len(s)}, DecisionPassed, -1},
	} {
		o, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: []Block{{Text: s}}, Window: &test.window})
		if err != nil || o.Decision != test.decision || o.Open != test.open {
			t.Errorf("%+v: decision %v, open %d, %v", test.window, o.Decision, o.Open, err)
		}
	}
}
