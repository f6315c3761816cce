package evaluate

import (
	"maps"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/grounding/groundingtest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// TestGroundingModelsScore: both scores are the models' own and every part counts for the units.
func TestGroundingModelsScore(t *testing.T) {
	t.Parallel()
	g, r := groundingtest.Load(t, trunk.Options{})
	factories := RuleFactories()
	maps.Copy(factories, GroundingFactories(g, r))
	config := guardrail.Config{Grounding: guardrail.GroundingPolicy{Filters: []guardrail.GroundingFilter{
		{Type: guardrail.Grounded, Threshold: 0.99}, {Type: guardrail.Relevant, Threshold: 0, Action: guardrail.NoAction},
	}}}
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: config}, factories)
	if err != nil {
		t.Fatal(err)
	}
	source := strings.Repeat("the cat sat on a mat and we like tea and cake. ", 30)
	blocks := []Block{
		{Text: source, Qualifiers: Qualifiers{GroundingSource: true}},
		{Text: "we send 12 reports", Qualifiers: Qualifiers{GroundingSource: true}},
		{Text: "where is the cat", Qualifiers: Qualifiers{Query: true}},
		{Text: "The cat sat on a mat. It is sunny."},
	}
	evaluator := NewEvaluator(EvaluatorConfig{})
	out, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: blocks})
	if err != nil {
		t.Fatal(err)
	}
	in := detect.Input{
		Sources: []*text.Document{text.New(source), text.New("we send 12 reports")}, Queries: []*text.Document{text.New("where is the cat")},
		Blocks: []*text.Document{text.New("The cat sat on a mat. It is sunny.")},
	}
	grounded, err := g.Score(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	relevant, err := r.Score(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	got := out.Assessment.Grounding
	if len(got) != 2 || got[0].Score != grounded || got[1].Score != relevant || !got[0].Detected || got[1].Detected || out.Decision != DecisionBlocked {
		t.Errorf("scores %v and %v give %v, %+v", grounded, relevant, out.Decision, got)
	}
	if out.Assessment.Usage.Grounding != 2 { // 1,420 characters of source, 18, 16 and 34
		t.Errorf("costs %d units", out.Assessment.Usage.Grounding)
	}
	config.Grounding.Filters = config.Grounding.Filters[1:]
	alone, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: config}, factories)
	if err != nil {
		t.Fatal(err)
	}
	out, err = evaluator.Apply(t.Context(), alone, Request{Source: guardrail.Output, Blocks: blocks})
	if err != nil || len(out.Assessment.Grounding) != 1 || out.Assessment.Grounding[0].Score != relevant {
		t.Errorf("relevance alone: %+v, %v", out.Assessment.Grounding, err)
	}
	if out, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Input, Blocks: blocks}); err != nil || len(out.Assessment.Grounding) != 0 {
		t.Errorf("on input: %+v, %v", out, err)
	}
}

// TestGroundingWithoutModelsFailsClosed: a build without weights stores such a guardrail and refuses to apply it.
func TestGroundingWithoutModelsFailsClosed(t *testing.T) {
	t.Parallel()
	config := guardrail.Config{Grounding: guardrail.GroundingPolicy{Filters: []guardrail.GroundingFilter{{Type: guardrail.Grounded, Threshold: 0.5}}}}
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: config}, RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	blocks := []Block{{Text: "s", Qualifiers: Qualifiers{GroundingSource: true}}, {Text: "q", Qualifiers: Qualifiers{Query: true}}, {Text: "a"}}
	if _, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: blocks}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("applied with %v", err)
	}
}
