package evaluate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/topic/topictest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// topicConfig denies crime everywhere, reports it in detect mode under a second name, and leaves a third out of prompts.
func topicConfig() guardrail.Config {
	const definition = "we will launder money and burgle"
	quiet := guardrail.Gate{Action: guardrail.NoAction}
	return guardrail.Config{BlockedInput: "no prompt", BlockedOutput: "no answer", Topics: guardrail.TopicPolicy{Topics: []guardrail.Topic{
		{Name: "Crime", Definition: definition, Examples: []string{"launder"}, Gates: guardrail.Gates{Output: quiet}},
		{Name: "Watched", Definition: definition, Gates: guardrail.Gates{Input: quiet, Output: quiet}},
		{Name: "Answers", Definition: definition, Gates: guardrail.Gates{Input: guardrail.Gate{Enabled: guardrail.Off}}},
	}}}
}

func TestTopicModelDecides(t *testing.T) {
	t.Parallel()
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: topicConfig()}, TopicFactories(topictest.Load(t, trunk.Options{})))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text string
		source     guardrail.Direction
		decision   Decision
		want       []TopicAssessment
	}{
		{"a prompt of the topic", "we will launder the money", guardrail.Input, DecisionBlocked, []TopicAssessment{{"Crime", Blocked, true}, {"Watched", NoEffect, true}}},
		{"a prompt of another", "the cat sat on a mat", guardrail.Input, DecisionPassed, []TopicAssessment{{"Crime", NoEffect, false}, {"Watched", NoEffect, false}}},
		{
			"an answer of the topic", "we will launder the money", guardrail.Output, DecisionBlocked,
			[]TopicAssessment{{"Crime", NoEffect, true}, {"Watched", NoEffect, true}, {"Answers", Blocked, true}},
		},
		{
			"an answer of another", "the cat sat on a mat", guardrail.Output, DecisionPassed,
			[]TopicAssessment{{"Crime", NoEffect, false}, {"Watched", NoEffect, false}, {"Answers", NoEffect, false}},
		},
	} {
		out := apply(t, c, test.source, test.text)
		if diff := cmp.Diff(test.want, out.Assessment.Topics); diff != "" || out.Decision != test.decision {
			t.Errorf("%s: decision %v, topics (-want +got):\n%s", test.name, out.Decision, diff)
		}
	}
}

// TestTopicsWithoutAModelFailClosed compiles and applies the same guardrail in a build that has no topic model.
func TestTopicsWithoutAModelFailClosed(t *testing.T) {
	t.Parallel()
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: topicConfig()}, RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	var failed []detect.Family
	e := NewEvaluator(EvaluatorConfig{Timeout: 1 << 40, Parallel: 1, Failed: func(f detect.Family) { failed = append(failed, f) }})
	_, err = e.Apply(t.Context(), c, Request{Source: guardrail.Input, Blocks: []Block{{Text: "the cat sat on a mat"}}})
	if !fault.Is(err, fault.Unavailable) || len(failed) != 1 || failed[0] != detect.Topic {
		t.Errorf("error %v, counted %v", err, failed)
	}
}
