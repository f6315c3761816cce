package evaluate

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// compile makes a guardrail whose model-backed families are scripted.
func compile(t *testing.T, c guardrail.Config, scripted ...detecttest.Scripted) *Compiled {
	t.Helper()
	c.BlockedInput, c.BlockedOutput = "no prompt", "no answer"
	factories := RuleFactories()
	for _, s := range scripted {
		factories[s.Of] = func(Wanted) ([]detect.Detector, error) { return []detect.Detector{s}, nil }
	}
	compiled, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: c}, factories)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func apply(t *testing.T, c *Compiled, source guardrail.Direction, texts ...string) Outcome {
	t.Helper()
	var blocks []Block
	for _, s := range texts {
		blocks = append(blocks, Block{Text: s})
	}
	out, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: source, Blocks: blocks})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestContentStrengths is fact 40: the twelve cells of strength and confidence, and NONE besides.
func TestContentStrengths(t *testing.T) {
	t.Parallel()
	strengths := []guardrail.Strength{guardrail.StrengthLow, guardrail.StrengthMedium, guardrail.StrengthHigh}
	for i, strength := range strengths {
		for confidence := detect.None; confidence <= detect.High; confidence++ {
			config := guardrail.Config{Content: guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{{
				Category: guardrail.Hate, InputStrength: strength, OutputStrength: guardrail.StrengthNone,
			}}}}
			c := compile(t, config, detecttest.Always(detect.Content, detect.Finding{Type: "HATE", Confidence: confidence}))
			hit := int(confidence) >= 3-i
			want := ContentAssessment{Category: guardrail.Hate, Confidence: confidence, Strength: strength, Effect: NoEffect, Detected: hit}
			if hit {
				want.Effect = Blocked
			}
			out := apply(t, c, guardrail.Input, "text")
			if diff := cmp.Diff([]ContentAssessment{want}, out.Assessment.Content); diff != "" {
				t.Errorf("%s with %s:\n%s", strength, confidence, diff)
			}
			if (out.Decision == DecisionBlocked) != hit {
				t.Errorf("%s with %s: decision %v", strength, confidence, out.Decision)
			}
			// Fact 41: strength NONE is not evaluated in its direction.
			if out := apply(t, c, guardrail.Output, "text"); len(out.Assessment.Content) != 0 || out.Assessment.Usage.Content != 0 {
				t.Errorf("strength NONE was evaluated: %+v", out.Assessment)
			}
		}
	}
}

// TestPromptAttackIsForInput is fact 44.
func TestPromptAttackIsForInput(t *testing.T) {
	t.Parallel()
	c := compile(t, guardrail.Config{Content: guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{{
		Category: guardrail.PromptAttack, InputStrength: guardrail.StrengthHigh, OutputStrength: guardrail.StrengthNone,
	}}}}, detecttest.Always(detect.Attack, detect.Finding{Type: "PROMPT_ATTACK", Confidence: detect.High}))
	if out := apply(t, c, guardrail.Input, "x"); out.Decision != DecisionBlocked {
		t.Errorf("input: %+v", out)
	}
	if out := apply(t, c, guardrail.Output, "x"); out.Decision != DecisionPassed {
		t.Errorf("output: %+v", out)
	}
}

// TestTopicNamedLikeACategory keeps families apart: a topic may bear the name of a category.
func TestTopicNamedLikeACategory(t *testing.T) {
	t.Parallel()
	c := compile(t, guardrail.Config{
		Topics:  guardrail.TopicPolicy{Topics: []guardrail.Topic{{Name: "HATE"}, {Name: "Off", Gates: guardrail.Gates{Input: guardrail.Gate{Enabled: guardrail.Off}}}}},
		Content: guardrail.ContentPolicy{Filters: []guardrail.ContentFilter{{Category: guardrail.Hate, InputStrength: guardrail.StrengthHigh, Gates: guardrail.Gates{Input: guardrail.Gate{Action: guardrail.NoAction}}}}},
	}, detecttest.Always(detect.Topic), detecttest.Always(detect.Content, detect.Finding{Type: "HATE", Confidence: detect.Low}))
	out := apply(t, c, guardrail.Input, "x")
	// Fact 42: detect mode reports and lets pass. Fact 46: a topic that is off leaves no entry.
	want := Assessment{
		Topics:   []TopicAssessment{{Name: "HATE", Effect: NoEffect}},
		Content:  []ContentAssessment{{Category: guardrail.Hate, Confidence: detect.Low, Strength: guardrail.StrengthHigh, Effect: NoEffect, Detected: true}},
		Usage:    Usage{Topic: 1, Content: 1},
		Coverage: Coverage{GuardedCharacters: 1, TotalCharacters: 1},
	}
	out.Assessment.Latency = 0
	if diff := cmp.Diff(want, out.Assessment); diff != "" || out.Decision != DecisionPassed {
		t.Errorf("decision %v:\n%s", out.Decision, diff)
	}
}

func TestGroundingThreshold(t *testing.T) {
	t.Parallel()
	config := guardrail.Config{Grounding: guardrail.GroundingPolicy{Filters: []guardrail.GroundingFilter{{Type: guardrail.Grounded, Threshold: 0.5}, {Type: guardrail.Relevant, Threshold: 0.5, Action: guardrail.NoAction}}}}
	scores := func(g, r float64) detecttest.Scripted {
		return detecttest.Always(detect.Grounding, detect.Finding{Type: "GROUNDING", Block: -1, Score: g}, detect.Finding{Type: "RELEVANCE", Block: -1, Score: r})
	}
	blocks := []Block{{Text: "s", Qualifiers: Qualifiers{GroundingSource: true}}, {Text: "q", Qualifiers: Qualifiers{Query: true}}, {Text: "a"}}
	evaluator := NewEvaluator(EvaluatorConfig{})
	for _, tt := range []struct {
		name              string
		grounded, related float64
		want              Decision
	}{
		{"equal to the threshold passes (fact 63)", 0.5, 0.5, DecisionPassed},
		{"below blocks", 0.49, 1, DecisionBlocked},
		{"detect mode passes (fact 64)", 1, 0, DecisionPassed},
	} {
		c := compile(t, config, scores(tt.grounded, tt.related))
		out, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: blocks})
		if err != nil || out.Decision != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, out, err)
		}
	}
	c := compile(t, config, scores(1, 1))
	// Fact 61: on output every part is needed, on input none is.
	for i := range blocks {
		short := append(append([]Block(nil), blocks[:i]...), blocks[i+1:]...)
		if _, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: short}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without part %d: %v", i, err)
		}
		if out, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: short, GroundingOptional: true}); err != nil || out.Assessment.Usage.Grounding != 0 {
			t.Errorf("optional, without part %d: %+v, %v", i, out, err)
		}
	}
	if out, err := evaluator.Apply(t.Context(), c, Request{Source: guardrail.Input, Blocks: blocks[2:]}); err != nil || out.Assessment.Usage.Grounding != 0 {
		t.Errorf("on input: %+v, %v", out, err)
	}
}

// TestCoverageAndUnits is facts 67, 69 and 70.
func TestCoverageAndUnits(t *testing.T) {
	t.Parallel()
	config := guardrail.Config{
		Words:     guardrail.WordPolicy{Words: []guardrail.Word{{Text: "zzz"}}},
		Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Block}}, Regexes: []guardrail.Regex{{Name: "r", Pattern: "zzz", Action: guardrail.Block}}},
		Grounding: guardrail.GroundingPolicy{Filters: []guardrail.GroundingFilter{{Type: guardrail.Grounded}}},
	}
	c := compile(t, config, detecttest.Always(detect.Grounding, detect.Finding{Type: "GROUNDING", Score: 1}))
	for _, tt := range []struct {
		answer string
		units  int
	}{{strings.Repeat("a", 27), 1}, {strings.Repeat("가", 1000), 1}, {strings.Repeat("가", 1001), 2}} {
		out, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: []Block{
			{Text: strings.Repeat("s", 55), Qualifiers: Qualifiers{GroundingSource: true}},
			{Text: strings.Repeat("q", 28), Qualifiers: Qualifiers{Query: true}},
			{Text: tt.answer},
		}})
		if err != nil {
			t.Fatal(err)
		}
		n := len([]rune(tt.answer))
		a := out.Assessment
		if a.Coverage.GuardedCharacters != n || a.Coverage.TotalCharacters != n+83 {
			t.Errorf("%d characters: coverage %+v", n, a.Coverage)
		}
		want := Usage{Word: tt.units, Sensitive: tt.units, SensitiveFree: tt.units, Grounding: units(n + 83)}
		if diff := cmp.Diff(want, a.Usage); diff != "" {
			t.Errorf("%d characters: usage\n%s", n, diff)
		}
	}
}

// TestFailsClosed wants every way of not checking to be an Unavailable fault that names the detector and quotes nothing.
func TestFailsClosed(t *testing.T) {
	t.Parallel()
	config := guardrail.Config{Topics: guardrail.TopicPolicy{Topics: []guardrail.Topic{{Name: "t"}}}}
	answer := func(f func(ctx context.Context) error) []detecttest.Scripted {
		return []detecttest.Scripted{{Of: detect.Topic, Answer: func(ctx context.Context, _ detect.Input) ([]detect.Finding, error) {
			return []detect.Finding{{Type: "t", Confidence: detect.High}}, f(ctx)
		}}}
	}
	for name, scripted := range map[string][]detecttest.Scripted{
		"missing":  nil,
		"error":    answer(func(context.Context) error { return errors.New("secret text") }),
		"panic":    answer(func(context.Context) error { panic("secret text") }),
		"time-out": answer(func(ctx context.Context) error { <-ctx.Done(); return nil }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed []detect.Family
			e := NewEvaluator(EvaluatorConfig{Timeout: 20 * time.Millisecond, Failed: func(f detect.Family) { failed = append(failed, f) }})
			out, err := e.Apply(t.Context(), compile(t, config, scripted...), Request{Source: guardrail.Input, Blocks: []Block{{Text: "secret text"}}})
			if !fault.Is(err, fault.Unavailable) || out.Outputs != nil {
				t.Fatalf("%+v, %v", out, err)
			}
			if message := fault.From(err).Message; !strings.Contains(message, "topic") || strings.Contains(message, "secret") {
				t.Errorf("message %q", message)
			}
			if diff := cmp.Diff([]detect.Family{detect.Topic}, failed); diff != "" {
				t.Errorf("counted:\n%s", diff)
			}
		})
	}
}

// TestSensitiveResolution holds the rule for overlapping findings.
func TestSensitiveResolution(t *testing.T) {
	t.Parallel()
	at := func(typ string, start, end int) detect.Finding {
		return detect.Finding{Type: typ, Span: text.Span{Start: start, End: end}, Confidence: detect.High}
	}
	entity := func(typ string, a guardrail.Action) guardrail.PIIEntity {
		return guardrail.PIIEntity{Type: typ, Action: a}
	}
	const s = "0123456789"
	for _, tt := range []struct {
		name     string
		entities []guardrail.PIIEntity
		found    []detect.Finding
		want     []EntityAssessment
		outputs  []string
	}{
		{
			"leftmost wins, the mask covers both",
			[]guardrail.PIIEntity{entity("EMAIL", guardrail.Anonymize), entity("URL", guardrail.Anonymize)},
			[]detect.Finding{at("URL", 2, 6), at("EMAIL", 4, 8)},
			[]EntityAssessment{{"URL", "2345", Anonymized, true}, {"EMAIL", "", NoEffect, false}},
			[]string{"01{URL}89"},
		},
		{
			"longest wins from the same start",
			[]guardrail.PIIEntity{entity("EMAIL", guardrail.Anonymize), entity("URL", guardrail.Anonymize)},
			[]detect.Finding{at("EMAIL", 2, 4), at("URL", 2, 6)},
			[]EntityAssessment{{"URL", "2345", Anonymized, true}, {"EMAIL", "", NoEffect, false}},
			[]string{"01{URL}6789"},
		},
		{
			"detect mode hides nothing",
			[]guardrail.PIIEntity{entity("EMAIL", guardrail.Anonymize), entity("URL", guardrail.NoAction)},
			[]detect.Finding{at("URL", 0, 10), at("EMAIL", 4, 6)},
			[]EntityAssessment{{"URL", s, NoEffect, true}, {"EMAIL", "45", Anonymized, true}},
			[]string{"0123{EMAIL}6789"},
		},
		{
			"a block drops what would be masked (fact 53)",
			[]guardrail.PIIEntity{entity("EMAIL", guardrail.Anonymize), entity("URL", guardrail.Block)},
			[]detect.Finding{at("EMAIL", 0, 2), at("URL", 4, 6)},
			[]EntityAssessment{{"URL", "45", Blocked, true}},
			[]string{"no answer"},
		},
		{
			"neighbours keep apart",
			[]guardrail.PIIEntity{entity("EMAIL", guardrail.Anonymize)},
			[]detect.Finding{at("EMAIL", 0, 2), at("EMAIL", 2, 4)},
			[]EntityAssessment{{"EMAIL", "01", Anonymized, true}, {"EMAIL", "23", Anonymized, true}},
			[]string{"{EMAIL}{EMAIL}456789"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := compile(t, guardrail.Config{Sensitive: guardrail.SensitivePolicy{Entities: tt.entities}}, detecttest.Always(detect.PII, tt.found...))
			out := apply(t, c, guardrail.Output, s)
			if diff := cmp.Diff(tt.want, out.Assessment.Entities); diff != "" {
				t.Errorf("entities:\n%s", diff)
			}
			if diff := cmp.Diff(tt.outputs, out.Outputs); diff != "" {
				t.Errorf("outputs:\n%s", diff)
			}
		})
	}
}

// TestAnonymizeAloneIsForOutput is facts 50 and 51: the defaults of the two directions.
func TestAnonymizeAloneIsForOutput(t *testing.T) {
	t.Parallel()
	found := detecttest.Always(detect.PII, detect.Finding{Type: "EMAIL", Span: text.Span{Start: 0, End: 1}, Confidence: detect.High})
	for _, tt := range []struct {
		name  string
		input guardrail.Gate
		want  Decision
	}{
		{"nothing said about input", guardrail.Gate{}, DecisionPassed},
		{"action", guardrail.Gate{Action: guardrail.Anonymize}, DecisionMasked},
		{"action and enabled", guardrail.Gate{Action: guardrail.Anonymize, Enabled: guardrail.On}, DecisionMasked},
		{"enabled", guardrail.Gate{Enabled: guardrail.On}, DecisionMasked},
		{"disabled", guardrail.Gate{Action: guardrail.Anonymize, Enabled: guardrail.Off}, DecisionPassed},
		{"blocks on input", guardrail.Gate{Action: guardrail.Block}, DecisionBlocked},
		{"detects on input", guardrail.Gate{Action: guardrail.NoAction}, DecisionPassed},
	} {
		c := compile(t, guardrail.Config{Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{
			Type: "EMAIL", Action: guardrail.Anonymize, Gates: guardrail.Gates{Input: tt.input},
		}}}}, found)
		if out := apply(t, c, guardrail.Input, "x"); out.Decision != tt.want {
			t.Errorf("%s: %v on input, want %v", tt.name, out.Decision, tt.want)
		}
		if out := apply(t, c, guardrail.Output, "x"); out.Decision != DecisionMasked {
			t.Errorf("%s: %v on output", tt.name, out.Decision)
		}
	}
}

// TestQualifiers is fact 68, and the order of masked blocks of fact 58.
func TestQualifiers(t *testing.T) {
	t.Parallel()
	find := detecttest.Scripted{Of: detect.PII, Answer: func(_ context.Context, in detect.Input) ([]detect.Finding, error) {
		var found []detect.Finding
		for i, b := range in.Blocks {
			if at := strings.Index(b.Original(), "PII"); at >= 0 {
				found = append(found, detect.Finding{Type: "EMAIL", Block: i, Span: text.Span{Start: at, End: at + 3}, Confidence: detect.High})
			}
		}
		return found, nil
	}}
	c := compile(t, guardrail.Config{Sensitive: guardrail.SensitivePolicy{Entities: []guardrail.PIIEntity{{Type: "EMAIL", Action: guardrail.Anonymize}}}}, find)
	for _, tt := range []struct {
		name   string
		blocks []Block
		want   []string
	}{
		{"every ordinary block", []Block{{Text: "a PII"}, {Text: "clean"}, {Text: "PII b"}}, []string{"a {EMAIL}", "clean", "{EMAIL} b"}},
		{"guard_content alone is read", []Block{{Text: "PII"}, {Text: "clean", Qualifiers: Qualifiers{GuardContent: true}}}, nil},
		{"guard_content is read", []Block{{Text: "PII"}, {Text: "x PII", Qualifiers: Qualifiers{GuardContent: true}}}, []string{"PII", "x {EMAIL}"}},
		{"a source is not read", []Block{{Text: "PII", Qualifiers: Qualifiers{GroundingSource: true}}, {Text: "clean"}}, nil},
		{"a guarded source is read", []Block{{Text: "PII", Qualifiers: Qualifiers{GroundingSource: true, GuardContent: true}}}, []string{"{EMAIL}"}},
	} {
		out, err := NewEvaluator(EvaluatorConfig{}).Apply(t.Context(), c, Request{Source: guardrail.Output, Blocks: tt.blocks})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, out.Outputs); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// TestWordNamedLikeAList wants a custom phrase that is spelled like the managed list's name to act, whatever the list does.
func TestWordNamedLikeAList(t *testing.T) {
	t.Parallel()
	for _, managed := range [][]guardrail.ManagedList{nil, {{Type: guardrail.Profanity, Gates: guardrail.Gates{Input: guardrail.Gate{Action: guardrail.NoAction}}}}} {
		c := compile(t, guardrail.Config{Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: "PROFANITY"}}, Managed: managed}})
		if out := apply(t, c, guardrail.Input, "no profanity here"); out.Decision != DecisionBlocked || len(out.Assessment.Managed) != 0 {
			t.Errorf("with %d lists: %+v", len(managed), out)
		}
		if out := apply(t, c, guardrail.Input, "bullshit"); out.Decision != DecisionPassed || len(out.Assessment.Managed) != len(managed) {
			t.Errorf("with %d lists: %+v", len(managed), out)
		}
	}
}
