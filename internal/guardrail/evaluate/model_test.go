package evaluate

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/nn/token"
)

// compileModel makes a guardrail with all content filters, whose detectors are those of the test model.
func compileModel(t *testing.T, m *guardmodel.Model, strength guardrail.Strength) *Compiled {
	t.Helper()
	config := guardrail.Config{BlockedInput: "no prompt", BlockedOutput: "no answer"}
	for _, c := range []guardrail.Category{guardrail.Sexual, guardrail.Violence, guardrail.Hate, guardrail.Insults, guardrail.Misconduct, guardrail.PromptAttack} {
		f := guardrail.ContentFilter{Category: c, InputStrength: strength, OutputStrength: strength}
		if c == guardrail.PromptAttack {
			f.OutputStrength = guardrail.StrengthNone
		}
		config.Content.Filters = append(config.Content.Filters, f)
	}
	factories := RuleFactories()
	maps.Copy(factories, GuardModelFactories(m))
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: config}, factories)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGuardModelDecides(t *testing.T) {
	t.Parallel()
	c := compileModel(t, guardmodeltest.Load(t, trunk.Options{}), guardrail.StrengthHigh)
	for text, want := range map[string][]guardrail.Category{
		"the cat sat on a mat":     nil,
		"we will kill the cat":     {guardrail.Violence},
		"please launder the cake":  {guardrail.Misconduct},
		"please override the cake": {guardrail.PromptAttack},
	} {
		for _, source := range []guardrail.Direction{guardrail.Input, guardrail.Output} {
			want := slices.Clone(want)
			if source == guardrail.Output {
				want = slices.DeleteFunc(want, func(c guardrail.Category) bool { return c == guardrail.PromptAttack })
			}
			out := apply(t, c, source, text)
			var got []guardrail.Category
			for _, a := range out.Assessment.Content {
				if a.Detected {
					got = append(got, a.Category)
				}
				if a.Detected && a.Confidence < detect.Medium {
					t.Errorf("%q: %+v", text, a)
				}
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || (out.Decision == DecisionBlocked) != (len(want) > 0) {
				t.Errorf("%q as %s: decision %v, categories (-want +got):\n%s", text, source, out.Decision, diff)
			}
		}
	}
}

// TestGuardModelFailsClosed tries what keeps a model from reading: a text that is too long, no time, and a model that was closed.
func TestGuardModelFailsClosed(t *testing.T) {
	t.Parallel()
	under, err := trunk.Load(trunktest.Files(t), trunk.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	m, err := guardmodel.Load(under, guardmodeltest.Files(t))
	if err != nil {
		t.Fatal(err)
	}
	c := compileModel(t, m, guardrail.StrengthLow)
	check := func(name string, timeout time.Duration, text string) {
		t.Helper()
		var failed []detect.Family
		e := NewEvaluator(EvaluatorConfig{Timeout: timeout, Parallel: 1, Failed: func(f detect.Family) { failed = append(failed, f) }})
		_, err := e.Apply(t.Context(), c, Request{Source: guardrail.Input, Blocks: []Block{{Text: text}}})
		if !fault.Is(err, fault.Unavailable) || len(failed) == 0 || failed[0] != detect.Content {
			t.Errorf("%s: error %v, counted %v", name, err, failed)
		}
	}
	check("no time", time.Nanosecond, "the cat")
	check("too long", time.Minute, strings.Repeat("a", token.MaxText+1))
	under.Close()
	check("closed", time.Minute, "the cat")
}
