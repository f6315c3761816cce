package inference_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
)

// script is a provider that says what a test tells it to and remembers what it was asked.
type script struct {
	deltas []model.Delta
	asked  []model.Request
	err    error // after the deltas
	left   int   // streams that ended before their deltas did
}

func (s *script) Generate(_ context.Context, r model.Request) (model.Response, error) {
	s.asked = append(s.asked, r)
	var out model.Response
	for _, d := range s.deltas {
		for len(out.Content) <= d.Block {
			out.Content = append(out.Content, model.Block{})
		}
		if d.Tool != nil {
			out.Content[d.Block].ToolUse = &model.ToolUse{ID: "t"}
			continue
		}
		out.Content[d.Block].Text += d.Text
	}
	out.End = model.End{Stop: model.EndTurn, Usage: model.Usage{InputTokens: 3, OutputTokens: 5}}
	return out, s.err
}

func (s *script) Stream(_ context.Context, r model.Request, yield func(model.Delta) error) (model.End, error) {
	s.asked = append(s.asked, r)
	for _, d := range s.deltas {
		if err := yield(d); err != nil {
			s.left++
			return model.End{}, err
		}
	}
	return model.End{Stop: model.EndTurn, Usage: model.Usage{InputTokens: 3, OutputTokens: 5}}, s.err
}

// shelf is a resolver and an enforcer.
type shelf struct {
	compiled map[string]*evaluate.Compiled
	enforced *guardrail.Enforced
}

func (s shelf) Resolve(_ context.Context, k evaluate.Key) (*evaluate.Compiled, error) {
	if c, ok := s.compiled[k.ID]; ok {
		return c, nil
	}
	return nil, fault.New(fault.NotFound, "no guardrail")
}

func (s shelf) Enforced(context.Context, guardrail.Scope) (guardrail.Enforced, bool, error) {
	if s.enforced == nil {
		return guardrail.Enforced{}, false, nil
	}
	return *s.enforced, true, nil
}

const modelID = "test.model-v1"

func setup(t testing.TB, p model.Provider, enforced *guardrail.Enforced, configs map[string]guardrail.Config) *inference.Service {
	t.Helper()
	return setupWith(t, p, enforced, configs, evaluate.RuleFactories())
}

func setupWith(t testing.TB, p model.Provider, enforced *guardrail.Enforced, configs map[string]guardrail.Config, factories evaluate.Factories) *inference.Service {
	t.Helper()
	books := shelf{map[string]*evaluate.Compiled{}, enforced}
	for id, c := range configs {
		c.BlockedInput, c.BlockedOutput = "blocked input by "+id, "blocked output by "+id
		compiled, err := evaluate.Compile(guardrail.Guardrail{ID: id, Config: c}, factories)
		if err != nil {
			t.Fatal(err)
		}
		books.compiled[id] = compiled
	}
	models, err := model.NewCatalogue(model.Entry{ID: modelID, Provider: p})
	if err != nil {
		t.Fatal(err)
	}
	s, err := inference.New(inference.Options{Models: direct{models}, Resolver: books, Evaluator: evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), Enforcer: books})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// direct is models without profiles.
type direct struct{ *model.Catalogue }

func (d direct) Find(_ context.Context, _ guardrail.Scope, identifier string) (inference.Target, error) {
	e, err := d.Catalogue.Find(identifier)
	return inference.Target{Entry: e}, err
}

func words(texts ...string) guardrail.Config {
	var c guardrail.Config
	for _, w := range texts {
		c.Words.Words = append(c.Words.Words, guardrail.Word{Text: w})
	}
	return c
}

func masking(types ...string) guardrail.Config {
	var c guardrail.Config
	for _, e := range types {
		both := guardrail.Gate{Action: guardrail.Anonymize, Enabled: guardrail.On}
		c.Sensitive.Entities = append(c.Sensitive.Entities, guardrail.PIIEntity{Type: e, Action: guardrail.Anonymize, Gates: guardrail.Gates{Input: both, Output: both}})
	}
	return c
}

func ask(texts ...string) inference.Request {
	r := inference.Request{Request: model.Request{Model: modelID}, Guardrail: &evaluate.Key{ID: "g"}}
	for i, text := range texts {
		role := model.User
		if i%2 == 1 {
			role = model.Assistant
		}
		r.Messages = append(r.Messages, model.Message{Role: role, Content: []model.Block{{Text: text}}})
	}
	return r
}

func says(text string) *script { return &script{deltas: []model.Delta{{Text: text}}} }

// collect streams and gives what came out, block by block.
func collect(t testing.TB, s *inference.Service, r inference.Request) (string, inference.Result) {
	t.Helper()
	var out strings.Builder
	result, err := s.Stream(t.Context(), r, func(d model.Delta) error {
		if !utf8.ValidString(d.Text) {
			t.Errorf("delta %q is cut inside a character", d.Text)
		}
		out.WriteString(d.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), result
}

func TestBlockedInputNeverReachesTheModel(t *testing.T) {
	t.Parallel()
	p := says("hello")
	s := setup(t, p, nil, map[string]guardrail.Config{"g": words("bluewhale")})
	for _, texts := range [][]string{{"the Bluewhale"}, {"hi", "Bluewhale is fine", "go on"}, {"the Blue", "whale"}} {
		result, err := s.Generate(t.Context(), ask(texts...))
		if err != nil || !result.Blocked || result.Content[0].Text != "blocked input by g" || result.End.Usage != (model.Usage{}) {
			t.Errorf("%q: %+v, %v", texts, result, err)
		}
		out, streamed := collect(t, s, ask(texts...))
		if out != "blocked input by g" || !streamed.Blocked {
			t.Errorf("%q: streamed %q", texts, out)
		}
	}
	if len(p.asked) != 0 {
		t.Errorf("the model was asked %d times", len(p.asked))
	}
}

func TestMaskedInputReachesTheModelMasked(t *testing.T) {
	t.Parallel()
	p := says("hello")
	s := setup(t, p, nil, map[string]guardrail.Config{"g": masking("EMAIL")})
	r := ask("write to dana@exam", "ple.com please")
	result, err := s.Generate(t.Context(), r)
	if err != nil || result.Intervened || result.Report.Decision != evaluate.DecisionMasked {
		t.Fatalf("%+v, %v", result, err)
	}
	got := p.asked[0].Messages[0].Content[0].Text + "|" + p.asked[0].Messages[1].Content[0].Text
	if got != "write to {EMAIL}| please" {
		t.Errorf("the model saw %q", got)
	}
	if r.Messages[0].Content[0].Text != "write to dana@exam" {
		t.Error("the caller's request was changed")
	}
}

func TestEnforced(t *testing.T) {
	t.Parallel()
	configs := map[string]guardrail.Config{"g": words("bluewhale"), "e": words("redfox")}
	marked := ask("the redfox")
	marked.Guardrail = nil
	marked.Messages[0].Content = append(marked.Messages[0].Content, model.Block{Text: "clean", Guard: &model.Guard{GuardContent: true}})
	for _, test := range []struct {
		name     string
		enforced guardrail.Enforced
		blocked  bool
	}{
		{"comprehensive by default", guardrail.Enforced{GuardrailID: "e"}, true},
		{"selective", guardrail.Enforced{GuardrailID: "e", Messages: guardrail.Selective}, false},
		{"included", guardrail.Enforced{GuardrailID: "e", Models: &guardrail.ModelSelection{Included: []string{modelID}}}, true},
		{"all", guardrail.Enforced{GuardrailID: "e", Models: &guardrail.ModelSelection{Included: []string{"ALL"}}}, true},
		{"excluded", guardrail.Enforced{GuardrailID: "e", Models: &guardrail.ModelSelection{Included: []string{"ALL"}, Excluded: []string{modelID}}}, false},
		{"of another model", guardrail.Enforced{GuardrailID: "e", Models: &guardrail.ModelSelection{Included: []string{"other"}}}, false},
	} {
		s := setup(t, says("hello"), &test.enforced, configs)
		result, err := s.Generate(t.Context(), marked)
		if err != nil || result.Blocked != test.blocked {
			t.Errorf("%s: %+v, %v", test.name, result, err)
		}
		if test.blocked && result.Report.Input[0].Origin != inference.FromAccount {
			t.Errorf("%s: origin %v", test.name, result.Report.Input[0].Origin)
		}
	}
	s := setup(t, says("hello"), &guardrail.Enforced{GuardrailID: "e"}, configs)
	both, err := s.Generate(t.Context(), ask("bluewhale and redfox"))
	if err != nil || len(both.Report.Input) != 2 || both.Content[0].Text != "blocked input by g" {
		t.Errorf("both: %+v, %v", both, err)
	}
	gone := setup(t, says("hello"), &guardrail.Enforced{GuardrailID: "gone"}, configs)
	if _, err := gone.Generate(t.Context(), ask("hi")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("an enforced guardrail that is gone: %v", err)
	}
}

func TestWhatTheEvaluatorCannotJudgeIsNotAnswered(t *testing.T) {
	t.Parallel()
	config := guardrail.Config{Topics: guardrail.TopicPolicy{Topics: []guardrail.Topic{{Name: "t"}}}} // no detector for it here
	p := says("hello")
	s := setup(t, p, nil, map[string]guardrail.Config{"g": config})
	if _, err := s.Generate(t.Context(), ask("hi")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("generate: %v", err)
	}
	_, err := s.Stream(t.Context(), ask("hi"), func(model.Delta) error { t.Error("something came out"); return nil })
	if !fault.Is(err, fault.Unavailable) || len(p.asked) != 0 {
		t.Errorf("stream: %v, asked %d", err, len(p.asked))
	}
}

func TestFailedStreamIsNoAnswer(t *testing.T) {
	t.Parallel()
	broken := &script{deltas: []model.Delta{{Text: "half an ans"}}, err: fault.New(fault.Upstream, "broke off")}
	s := setup(t, broken, nil, map[string]guardrail.Config{"g": words("bluewhale")})
	_, err := s.Stream(t.Context(), ask("hi"), func(model.Delta) error { return nil })
	if !fault.Is(err, fault.Upstream) {
		t.Errorf("got %v", err)
	}
	gone := errors.New("client gone")
	p := says(strings.Repeat("word ", 400))
	s = setup(t, p, nil, map[string]guardrail.Config{"g": words("bluewhale")})
	if _, err = s.Stream(t.Context(), ask("hi"), func(model.Delta) error { return gone }); !errors.Is(err, gone) || p.left != 1 {
		t.Errorf("got %v, left %d", err, p.left)
	}
}

func TestAsyncGivesOutAtOnceAndStops(t *testing.T) {
	t.Parallel()
	p := &script{}
	for range 40 {
		p.deltas = append(p.deltas, model.Delta{Text: "a Bluewhale swims, write to dana@example.com. "})
	}
	s := setup(t, p, nil, map[string]guardrail.Config{"g": words("bluewhale")})
	r := ask("hi")
	r.Async = true
	out, result := collect(t, s, r)
	if !strings.HasPrefix(out, "a Bluewhale") || !strings.HasSuffix(out, "blocked output by g") || !result.Intervened || p.left != 1 {
		t.Errorf("out %q, %+v", out, result)
	}
	s = setup(t, p, nil, map[string]guardrail.Config{"g": masking("EMAIL")})
	if out, result = collect(t, s, r); !strings.Contains(out, "dana@example.com") || result.Intervened {
		t.Errorf("async masked: %q", out)
	}
}

func TestToolUseKeepsItsPlace(t *testing.T) {
	t.Parallel()
	p := &script{deltas: []model.Delta{
		{Text: "mail dana@example.com"}, {Block: 1, Tool: &model.ToolDelta{ID: "t", Name: "weather"}}, {Block: 1, Tool: &model.ToolDelta{Input: "{}"}}, {Block: 2, Text: "bye"},
	}}
	s := setup(t, p, nil, map[string]guardrail.Config{"g": masking("EMAIL")})
	var got []string
	result, err := s.Stream(t.Context(), ask("hi"), func(d model.Delta) error {
		got = append(got, fmt.Sprint(d.Block, d.Text, d.Tool != nil))
		return nil
	})
	if want := "[0mail {EMAIL}false 1true 1true 2byefalse]"; err != nil || strings.ReplaceAll(fmt.Sprint(got), " ", "") != strings.ReplaceAll(want, " ", "") || !result.Intervened {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzStreamSaysWhatTheWholeSays(f *testing.F) {
	for _, seed := range []string{"the Bluewhale roadmap", "dana@example.com, 4111 1111 1111 1111", "Bluewhales and Blue whale", "\u200bB\u200blue"} {
		f.Add(seed, uint64(1), 20)
	}
	configs := map[string]guardrail.Config{"g": masking("EMAIL", "CREDIT_DEBIT_CARD_NUMBER", "PHONE")}
	c := configs["g"]
	c.Words = words("bluewhale", "project red").Words
	configs["g"] = c
	f.Fuzz(func(t *testing.T, text string, seed uint64, pad int) {
		if !utf8.ValidString(text) || len(text) > 200 || len(text) == 0 {
			t.Skip()
		}
		text = strings.Repeat("word ", min(max(pad, 0), 120)) + text + strings.Repeat(" more", min(max(pad, 0), 120)/2)
		p := &script{deltas: cut(text, seed)}
		s := setup(t, p, nil, configs)
		whole, err := s.Generate(t.Context(), ask("hi"))
		if err != nil {
			t.Fatal(err)
		}
		out, streamed := collect(t, s, ask("hi"))
		if streamed.Intervened != whole.Intervened || streamed.Blocked != whole.Blocked {
			t.Errorf("whole: intervened %v, blocked %v; stream: %v, %v", whole.Intervened, whole.Blocked, streamed.Intervened, streamed.Blocked)
		}
		var want strings.Builder
		for _, b := range whole.Content {
			want.WriteString(b.Text)
		}
		if !whole.Blocked && out != want.String() {
			t.Errorf("stream %q\n whole %q", out, want.String())
		}
	})
}

// cut splits a text into deltas of a few bytes, at characters, over a few blocks.
func cut(text string, seed uint64) (deltas []model.Delta) {
	random := rand.New(rand.NewPCG(seed, 1))
	block := 0
	for len(text) > 0 {
		n := 1 + random.IntN(12)
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n++
		}
		n = min(n, len(text))
		deltas = append(deltas, model.Delta{Block: block, Text: text[:n]})
		text = text[n:]
		if random.IntN(20) == 0 {
			block++
		}
	}
	return deltas
}
