package guardrail

import "context"

// UpdateInput is a new configuration for a guardrail's draft.
type UpdateInput struct {
	Identifier string // id or ARN
	Proposal
}

// Update replaces the whole configuration of the draft: what the proposal leaves out (a policy, the description, the
// profile, the KMS key) is gone from the draft afterwards. Numbered versions stay as they are.
func (s *Service) Update(ctx context.Context, scope Scope, in UpdateInput) (Receipt, error) {
	id, err := ParseIdentifier(scope, in.Identifier)
	if err != nil {
		return Receipt{}, err
	}
	config, err := s.settle(ctx, scope, in.Proposal)
	if err != nil {
		return Receipt{}, err
	}
	now := s.time()
	// Whoever may not use the key of what is there may not replace it either.
	present, err := view(ctx, s.store, func(tx Tx) (Summary, error) { return tx.DraftSummary(scope, id) })
	if err != nil {
		return Receipt{}, orNotFound(err, errGuardrailNotFound())
	}
	if err := s.usable(ctx, present.KMSKeyARN); err != nil {
		return Receipt{}, err
	}
	row, err := s.seal(ctx, Guardrail{Scope: scope, Config: config, ID: id, Version: Draft, UpdatedAt: now})
	if err != nil {
		return Receipt{}, err
	}
	return update(ctx, s.store, func(tx Tx) (Receipt, error) {
		old, err := tx.DraftSummary(scope, id)
		if err != nil {
			return Receipt{}, orNotFound(err, errGuardrailNotFound())
		}
		if err := checkName(tx, row.Summary); err != nil {
			return Receipt{}, err
		}
		row.Revision, row.LastVersion = old.Revision+1, old.LastVersion
		return Receipt{Scope: scope, ID: id, Version: Draft, At: now}, tx.ReplaceDraft(row)
	})
}
