package inference

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// Resolver gives the compiled form of a guardrail's version.
type Resolver interface {
	Resolve(ctx context.Context, key evaluate.Key) (*evaluate.Compiled, error)
}

// Evaluator applies a compiled guardrail.
type Evaluator interface {
	Apply(ctx context.Context, c *evaluate.Compiled, r evaluate.Request) (evaluate.Outcome, error)
}

// Enforcer knows the guardrail that an account enforces on its calls; the bool is false where there is none.
type Enforcer interface {
	Enforced(ctx context.Context, scope guardrail.Scope) (guardrail.Enforced, bool, error)
}

// Models finds a model by its id or ARN, or by that of an inference profile in the caller's scope.
type Models interface {
	Find(ctx context.Context, scope guardrail.Scope, identifier string) (Target, error)
}

// Target is what a model identifier names.
type Target struct {
	model.Entry
	// ProfileARN is that of the inference profile through which the model is called, and Tags are its tags; empty for the model itself.
	ProfileARN string
	Tags       map[string]string
}

// Meter counts the calls of models and refuses those beyond a quota.
type Meter interface {
	// Begin admits a call of a model with about so many tokens in its prompt, or refuses it with a fault of kind Throttled. The function that
	// it gives is called once, when the call has ended: with what it cost, estimated where the model did not tell, and with its error.
	Begin(r Request, modelID string, prompt int) (end func(u model.Usage, err error), err error)
}

// Options are what a Service works with; the parts are needed, a zero number means its default.
type Options struct {
	Models    Models
	Resolver  Resolver
	Evaluator Evaluator
	Enforcer  Enforcer
	// Admit is asked before an input is evaluated, with what that will cost; its error ends the call. Nil admits all.
	Admit func(scope guardrail.Scope, u evaluate.Usage) error
	// Meter is told of every call before its input is judged. Nil admits all and counts nothing.
	Meter Meter
	// Hold is how many bytes of a stream's text are held back behind what was judged: a violation of at most this length is not
	// given out in part. A guardrail with longer phrases holds back more. Default 256.
	Hold int
	// Step is how many bytes of text come together before they are judged. Default 128.
	Step int
	// Tail is how many bytes that were given out already are judged again with what follows. Default 2048.
	Tail int
	// Overlap asks the model while the input is still judged, where no guardrail masks inputs. Nothing of the answer leaves before the
	// verdict, but the model sees inputs that turn out to be blocked.
	Overlap bool
	// Memory is how many clean inputs are remembered, so that a conversation's history is not judged again with each turn: see memory.
	// 0 remembers none.
	Memory int
	// Remembered is told for each input how many of its bytes were passed over, and how many it has. Nil tells nobody.
	Remembered func(skipped, bytes int)
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// Service calls models behind guardrails. It is safe for concurrent use.
type Service struct {
	Options
	memory *memory // nil where nothing is remembered
}

// New makes a service; it fails where a part is missing or a number is negative.
func New(o Options) (*Service, error) {
	if o.Models == nil || o.Resolver == nil || o.Evaluator == nil || o.Enforcer == nil {
		return nil, errors.New("inference service: models, a resolver, an evaluator and an enforcer are needed")
	}
	if o.Hold < 0 || o.Step < 0 || o.Tail < 0 || o.Memory < 0 {
		return nil, errors.New("inference service: negative number")
	}
	if o.Admit == nil {
		o.Admit = func(guardrail.Scope, evaluate.Usage) error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, n := range []struct {
		field    *int
		fallback int
	}{{&o.Hold, 256}, {&o.Step, 128}, {&o.Tail, 2048}} {
		if *n.field == 0 {
			*n.field = n.fallback
		}
	}
	if o.Remembered == nil {
		o.Remembered = func(int, int) {}
	}
	s := &Service{Options: o}
	if o.Memory > 0 {
		s.memory = newMemory(o.Memory)
	}
	return s, nil
}

// Generate answers a conversation.
func (s *Service) Generate(ctx context.Context, r Request) (_ Result, err error) {
	c, err := s.begin(ctx, r)
	defer func() { c.count(err) }()
	if err != nil {
		return Result{}, err
	}
	var answer model.Response
	err = c.ask(ctx, func(ctx context.Context, _ func() error) (err error) {
		answer, err = c.entry.Provider.Generate(ctx, c.request)
		return err
	})
	if err != nil || c.intervened {
		return c.result(), err
	}
	c.end, c.answered = answer.End, true
	if err := c.judgeAnswer(ctx, answer.Content); err != nil {
		return Result{}, err
	}
	return c.result(), nil
}
