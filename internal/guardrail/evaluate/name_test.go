package evaluate

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// knower sees a name at its first place in a text's Clean view, or fails.
type knower struct {
	name string
	err  error
}

func (k knower) Read(_ context.Context, d *text.Document) ([]pii.Sighting, error) {
	var seen []pii.Sighting
	clean := d.Clean().Text
	if at := strings.Index(clean, k.name); at >= 0 {
		seen = append(seen, pii.Sighting{Start: at, End: at + len(k.name), Type: pii.Name, Score: 0.9})
	}
	return seen, k.err
}

func nameConfig(action guardrail.Action) guardrail.Config {
	return guardrail.Config{BlockedInput: "no prompt", BlockedOutput: "no answer", Sensitive: guardrail.SensitivePolicy{
		Entities: []guardrail.PIIEntity{{Type: "NAME", Action: action}},
	}}
}

// TestNamesThatAModelSees masks and blocks the caller's own bytes, also where the model read a cleaner text.
func TestNamesThatAModelSees(t *testing.T) {
	t.Parallel()
	masking, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: nameConfig(guardrail.Anonymize)}, NameFactories(knower{name: "Quarry"}))
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"the Quarry is late":                    "the {NAME} is late",
		"“Ｑｕａｒｒｙ”는 늦다":                          "“{NAME}”는 늦다",
		"the Q\u200bu\u00adarr&#121; is late\n": "the {NAME} is late\n",
	} {
		out := apply(t, masking, guardrail.Output, in)
		if diff := cmp.Diff([]string{want}, out.Outputs); diff != "" || out.Decision != DecisionMasked {
			t.Errorf("%q: %v\n%s", in, out.Decision, diff)
		}
	}
	blocking, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: nameConfig(guardrail.Block)}, NameFactories(knower{name: "Quarry"}))
	if err != nil {
		t.Fatal(err)
	}
	out := apply(t, blocking, guardrail.Input, "the Quarry is late")
	want := []EntityAssessment{{Type: "NAME", Match: "Quarry", Effect: Blocked, Detected: true}}
	if diff := cmp.Diff(want, out.Assessment.Entities); diff != "" || out.Decision != DecisionBlocked {
		t.Errorf("%v\n%s", out.Decision, diff)
	}
}

func TestNamesThatCannotBeReadFailClosed(t *testing.T) {
	t.Parallel()
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: nameConfig(guardrail.Anonymize)}, NameFactories(knower{err: errors.New("closed")}))
	if err != nil {
		t.Fatal(err)
	}
	var failed []detect.Family
	e := NewEvaluator(EvaluatorConfig{Failed: func(f detect.Family) { failed = append(failed, f) }})
	_, err = e.Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: []Block{{Text: "the Quarry is late"}}})
	if !fault.Is(err, fault.Unavailable) || len(failed) != 1 || failed[0] != detect.PII {
		t.Errorf("error %v, counted %v", err, failed)
	}
}
