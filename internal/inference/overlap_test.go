package inference_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
)

// meeting is a model and an evaluator that only go on when both have been asked.
type meeting struct {
	*evaluate.Evaluator
	model  chan struct{} // closed when the model is asked
	judge  chan struct{} // closed when the input may be judged
	err    error         // of the model, instead of an answer
	fails  error         // of the evaluation
	ended  error         // of the model's context, once it waited for that
	stalls bool          // the model answers nothing before its context ends
}

func (m *meeting) Apply(ctx context.Context, c *evaluate.Compiled, r evaluate.Request) (evaluate.Outcome, error) {
	if r.Source == guardrail.Input {
		select {
		case <-m.model:
		case <-ctx.Done():
			return evaluate.Outcome{}, fault.Wrap(ctx.Err(), fault.Unavailable, "not checked")
		}
		<-m.judge
		if ctx.Err() != nil {
			return evaluate.Outcome{}, fault.Wrap(ctx.Err(), fault.Unavailable, "not checked")
		}
		if m.fails != nil {
			return evaluate.Outcome{}, m.fails
		}
	}
	return m.Evaluator.Apply(ctx, c, r)
}

func (m *meeting) Generate(ctx context.Context, r model.Request) (model.Response, error) {
	out := model.Response{Content: []model.Block{{}}}
	end, err := m.Stream(ctx, r, func(d model.Delta) error {
		out.Content[0].Text += d.Text
		return nil
	})
	out.End = end
	return out, err
}

func (m *meeting) Stream(ctx context.Context, _ model.Request, yield func(model.Delta) error) (model.End, error) {
	close(m.model)
	if m.err != nil {
		defer close(m.judge)
		return model.End{}, m.err
	}
	if m.stalls {
		close(m.judge)
		<-ctx.Done()
		m.ended = ctx.Err()
		return model.End{}, ctx.Err()
	}
	time.AfterFunc(10*time.Millisecond, func() { close(m.judge) })
	return model.End{Stop: model.EndTurn, Usage: model.Usage{InputTokens: 1, OutputTokens: 1}}, yield(model.Delta{Text: "an answer"})
}

func overlapping(t *testing.T, m *meeting, c guardrail.Config) *inference.Service {
	t.Helper()
	books := shelf{map[string]*evaluate.Compiled{}, nil}
	put(t, books, c, 1)
	models, err := model.NewCatalogue(model.Entry{ID: modelID, Provider: m})
	if err != nil {
		t.Fatal(err)
	}
	m.Evaluator, m.model, m.judge = evaluate.NewEvaluator(evaluate.EvaluatorConfig{}), make(chan struct{}), make(chan struct{})
	s, err := inference.New(inference.Options{Models: direct{models}, Resolver: books, Evaluator: m, Enforcer: books, Overlap: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOverlap: the model is asked before the verdict, and nothing of its answer is given out before or without it.
func TestOverlap(t *testing.T) {
	t.Parallel()
	broken, unchecked := fault.New(fault.Upstream, "broken"), fault.New(fault.Unavailable, "unchecked")
	for name, test := range map[string]struct {
		meeting meeting
		prompt  string
		want    string
		err     error
	}{
		"passes":                    {meeting{}, "hi", "an answer", nil},
		"blocked":                   {meeting{}, "Bluewhale", "blocked", nil},
		"blocked while model works": {meeting{stalls: true}, "Bluewhale", "blocked", nil},
		"model fails first":         {meeting{err: broken}, "Bluewhale", "", broken},
		"evaluation fails":          {meeting{fails: unchecked}, "hi", "", unchecked},
		"evaluation fails, stalled": {meeting{fails: unchecked, stalls: true}, "hi", "", unchecked},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				m := test.meeting
				s := overlapping(t, &m, words("Bluewhale"))
				got := ""
				var err error
				if stream {
					_, err = s.Stream(t.Context(), ask(test.prompt), func(d model.Delta) error {
						select {
						case <-m.judge:
						default:
							t.Error("given out before the verdict")
						}
						got += d.Text
						return nil
					})
				} else {
					var result inference.Result
					result, err = s.Generate(t.Context(), ask(test.prompt))
					if err == nil {
						got = result.Content[0].Text
					}
				}
				if got != test.want || !errors.Is(err, test.err) {
					t.Errorf("stream %v: %q, %v", stream, got, err)
				}
				if m.stalls && !errors.Is(m.ended, context.Canceled) {
					t.Errorf("the model was not left: %v", m.ended)
				}
			})
		}
	}
}

// TestNoOverlapWithMasks: a model that may only see masked prompts is asked behind the verdict.
func TestNoOverlapWithMasks(t *testing.T) {
	t.Parallel()
	m := &meeting{}
	s := overlapping(t, m, masking("EMAIL"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	// The evaluator waits for the model to be asked, which does not happen.
	if _, err := s.Generate(ctx, ask("I am dana@example.com")); err == nil {
		t.Error("the model was asked")
	}
	select {
	case <-m.model:
		t.Error("the model was asked before its prompt was masked")
	default:
	}
}
