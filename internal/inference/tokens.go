package inference

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// CountTokens gives how many tokens a conversation has for the model that it names. Nothing is judged and the model gives no answer. It
// is Invalid for a model that cannot tell.
func (s *Service) CountTokens(ctx context.Context, r model.Request) (int, error) {
	entry, err := s.Models.Find(r.Model)
	if err != nil {
		return 0, err
	}
	counter, ok := entry.Provider.(model.TokenCounter)
	if !ok {
		return 0, fault.New(fault.Invalid, "The provided model doesn't support counting tokens.")
	}
	r.Model = entry.ID
	return counter.CountTokens(ctx, r)
}
