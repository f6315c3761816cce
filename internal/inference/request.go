package inference

import (
	"context"
	"slices"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// Request is one call of a model.
type Request struct {
	model.Request
	Scope guardrail.Scope
	// Principal is the ARN of the user or role that calls, for quotas and usage.
	Principal string
	// Guardrail is the one that the caller asks for; nil asks for none. An enforced one is applied in either case.
	Guardrail *evaluate.Key
	// Native marks a prompt in a model's own form, which has other rules than a conversation: without a guardContent tag all of
	// it is judged, the system prompt included, but prompt attacks are looked for inside tags alone.
	Native bool
	// Async gives a stream out at once and judges it behind. It masks nothing.
	Async bool
	// Applied is told of each evaluation that a guardrail has made, once for a stream's whole answer; nil tells nobody.
	Applied func(g guardrail.Guardrail, side guardrail.Direction)
}

// Origin says who asked for a guardrail.
type Origin string

// The origins.
const (
	FromRequest Origin = "REQUEST"
	FromAccount Origin = "ACCOUNT_ENFORCED"
)

// guard is one guardrail of a call.
type guard struct {
	*evaluate.Compiled
	origin           Origin
	system, messages guardrail.Guarding // whether the caller's marks are honoured there
}

// Judged is what one guardrail saw on one side of the model.
type Judged struct {
	Guardrail  guardrail.Guardrail
	Origin     Origin
	Assessment evaluate.Assessment
}

// Report is what the guardrails of a call did.
type Report struct {
	// Decision is the strictest of both sides.
	Decision evaluate.Decision
	Input    []Judged
	Output   []Judged // empty where the model did not answer
	// ModelOutput holds the texts of an answer that was withheld.
	ModelOutput []string
}

// Result is how a call ended.
type Result struct {
	Content []model.Block // of Generate; a stream has given it out
	End     model.End
	// Intervened says that a guardrail blocked the input, or blocked or masked the answer; End.Stop is then of no use.
	Intervened bool
	// Blocked says that the content is a guardrail's message and nothing of the model's.
	Blocked bool
	Latency time.Duration
	Report  *Report // nil without a guardrail
}

// Find gives the model that an id or an ARN names, with the inference profile through which it does.
func (s *Service) Find(ctx context.Context, scope guardrail.Scope, identifier string) (Target, error) {
	return s.Models.Find(ctx, scope, identifier)
}

// EnforcedOn gives the guardrail that the account enforces on a model; the bool is false where there is none.
func (s *Service) EnforcedOn(ctx context.Context, scope guardrail.Scope, identifier string) (guardrail.Enforced, bool, error) {
	enforced, ok, err := s.Enforcer.Enforced(ctx, scope)
	if err != nil || !ok {
		return guardrail.Enforced{}, false, err
	}
	id := model.ParseID(identifier)
	if target, err := s.Models.Find(ctx, scope, identifier); err == nil {
		id = target.ID // whatever profile it is called through
	}
	return enforced, applies(enforced.Models, id), nil
}

// applies reports whether a selection holds for a model. Exclusion wins; an empty inclusion is everything.
func applies(m *guardrail.ModelSelection, id string) bool {
	if m == nil {
		return true
	}
	named := func(in []string) bool {
		return slices.ContainsFunc(in, func(name string) bool { return name == "ALL" || model.ParseID(name) == id })
	}
	return !named(m.Excluded) && (len(m.Included) == 0 || named(m.Included))
}

// guards resolves every guardrail of a call.
func (s *Service) guards(ctx context.Context, r Request) ([]guard, error) {
	var all []guard
	if r.Guardrail != nil {
		compiled, err := s.Resolver.Resolve(ctx, *r.Guardrail)
		if fault.Is(err, fault.NotFound) {
			return nil, fault.New(fault.Invalid, "The guardrail identifier or version provided in the request does not exist.")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, guard{compiled, FromRequest, guardrail.Selective, guardrail.Selective})
	}
	enforced, ok, err := s.EnforcedOn(ctx, r.Scope, r.Model)
	if err != nil || !ok {
		return all, err
	}
	compiled, err := s.Resolver.Resolve(ctx, evaluate.Key{Scope: r.Scope, ID: enforced.GuardrailID, Version: enforced.Version})
	if err != nil {
		// The caller did not name it: whatever is wrong with it is no fault of the request.
		return nil, fault.Wrap(err, fault.Unavailable, "The guardrail that the account enforces cannot be applied. The content was not checked.")
	}
	return append(all, guard{compiled, FromAccount, enforced.System, enforced.Messages}), nil
}
