package inference

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/model"
)

// CountTokens gives how many tokens a conversation has for the model that it names. Nothing is judged and the model gives no answer. It
// is Invalid for a model that cannot tell.
func (s *Service) CountTokens(ctx context.Context, scope guardrail.Scope, r model.Request) (int, error) {
	target, err := s.Models.Find(ctx, scope, r.Model)
	if err != nil {
		return 0, err
	}
	counter, ok := target.Provider.(model.TokenCounter)
	if !ok {
		return 0, fault.New(fault.Invalid, "The provided model doesn't support counting tokens.")
	}
	r.Model = target.ID
	return counter.CountTokens(ctx, r)
}
