package inference_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
)

// weighing counts the bytes that are evaluated.
type weighing struct {
	*evaluate.Evaluator
	bytes int
}

func (w *weighing) Apply(ctx context.Context, c *evaluate.Compiled, r evaluate.Request) (evaluate.Outcome, error) {
	if r.Source == guardrail.Input {
		for _, b := range r.Blocks {
			w.bytes += len(b.Text)
		}
	}
	return w.Evaluator.Apply(ctx, c, r)
}

// remembering gives a service with a guardrail that blocks words and masks mail addresses, and the books that it is read from.
func remembering(t *testing.T, memory int) (*inference.Service, *weighing, shelf) {
	t.Helper()
	config := masking("EMAIL")
	config.Words = words("Bluewhale", "Project Red").Words
	books := shelf{map[string]*evaluate.Compiled{}, nil}
	put(t, books, config, 1)
	models, err := model.NewCatalogue(model.Entry{ID: modelID, Provider: &script{deltas: []model.Delta{{Text: "fine"}}}})
	if err != nil {
		t.Fatal(err)
	}
	w := &weighing{Evaluator: evaluate.NewEvaluator(evaluate.EvaluatorConfig{})}
	s, err := inference.New(inference.Options{Models: direct{models}, Resolver: books, Evaluator: w, Enforcer: books, Memory: memory, Tail: 100})
	if err != nil {
		t.Fatal(err)
	}
	return s, w, books
}

func put(t *testing.T, books shelf, c guardrail.Config, revision int64) {
	t.Helper()
	c.BlockedInput, c.BlockedOutput = "blocked", "blocked"
	compiled, err := evaluate.Compile(guardrail.Guardrail{ID: "g", Config: c, Revision: revision}, evaluate.RuleFactories())
	if err != nil {
		t.Fatal(err)
	}
	books.compiled["g"] = compiled
}

// turns is a conversation of n clean turns of about 300 bytes.
func turns(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprintf("Turn %d. ", i)+strings.Repeat("We are open on every day. ", 11))
	}
	return texts
}

func generate(t *testing.T, s *inference.Service, r inference.Request) inference.Result {
	t.Helper()
	result, err := s.Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestHistoryIsJudgedOnce: a conversation that grows costs what is new and the tail, and says the same about itself.
func TestHistoryIsJudgedOnce(t *testing.T) {
	t.Parallel()
	s, w, _ := remembering(t, 100)
	plain, all, _ := remembering(t, 0)
	for n := 1; n <= 41; n += 2 {
		r := ask(turns(n)...)
		got, want := generate(t, s, r), generate(t, plain, r)
		if diff := cmp.Diff(want.Report.Input[0].Assessment, got.Report.Input[0].Assessment, cmpopts.IgnoreFields(evaluate.Assessment{}, "Usage", "Latency")); diff != "" {
			t.Fatalf("%d turns: %s", n, diff)
		}
	}
	if w.bytes*5 > all.bytes {
		t.Errorf("%d bytes were evaluated, without a memory %d", w.bytes, all.bytes)
	}
}

// TestMemoryHidesNothing: what begins in the history and ends in the new turn, what is new, and what is in the history of another caller or
// of a changed guardrail is found as ever.
func TestMemoryHidesNothing(t *testing.T) {
	t.Parallel()
	history := append(turns(8), "nothing here but Blue")
	for name, test := range map[string]struct {
		change  func(t *testing.T, r *inference.Request, books shelf)
		blocked bool
	}{
		"clean":           {func(_ *testing.T, r *inference.Request, _ shelf) { add(r, " sky") }, false},
		"across":          {func(_ *testing.T, r *inference.Request, _ shelf) { add(r, "whale swims") }, true},
		"new":             {func(_ *testing.T, r *inference.Request, _ shelf) { add(r, " sky and Project Red") }, true},
		"changed history": {func(_ *testing.T, r *inference.Request, _ shelf) { r.Messages[0].Content[0].Text = "Bluewhale" }, true},
		"same again":      {func(*testing.T, *inference.Request, shelf) {}, false},
		"changed guardrail": {func(t *testing.T, _ *inference.Request, books shelf) {
			put(t, books, words("nothing here"), 2)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, books := remembering(t, 100)
			if result := generate(t, s, ask(history...)); result.Blocked {
				t.Fatal("the history is blocked")
			}
			r := ask(history...)
			test.change(t, &r, books)
			if result := generate(t, s, r); result.Blocked != test.blocked {
				t.Errorf("blocked: %v", result.Blocked)
			}
		})
	}
}

func add(r *inference.Request, text string) {
	r.Messages = append(r.Messages, model.Message{Role: model.User, Content: []model.Block{{Text: text}}})
}

// TestMasksDespiteMemory: a mask falls on the right bytes of the new turn.
func TestMasksDespiteMemory(t *testing.T) {
	t.Parallel()
	p := &script{deltas: []model.Delta{{Text: "fine"}}}
	s, _, _ := remembering(t, 100)
	models, err := model.NewCatalogue(model.Entry{ID: modelID, Provider: p})
	if err != nil {
		t.Fatal(err)
	}
	s.Models = direct{models}
	generate(t, s, ask(turns(5)...))
	generate(t, s, ask(append(turns(5), "sure", "write to dana@example.com now")...))
	sent := p.asked[1].Messages
	if got := sent[len(sent)-1].Content[0].Text; got != "write to {EMAIL} now" {
		t.Errorf("the model was sent %q", got)
	}
}

// TestMemoryIsPerAccount: nobody learns from the time that a call takes what another account has asked.
func TestMemoryIsPerAccount(t *testing.T) {
	t.Parallel()
	s, w, _ := remembering(t, 100)
	cost := func(account string) int {
		r := ask(turns(9)...)
		r.Scope.Account = account
		before := w.bytes
		generate(t, s, r)
		return w.bytes - before
	}
	if first, again, other := cost("1"), cost("1"), cost("2"); again >= first || other != first {
		t.Errorf("%d bytes at first, %d again, %d of another account", first, again, other)
	}
}
