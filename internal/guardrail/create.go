package guardrail

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/fault"
)

// CreateInput is a guardrail to be made.
type CreateInput struct {
	Proposal
	Tags  []Tag
	Token string // client request token, or empty
}

// Create makes a guardrail with its draft. It gives faults of kind Invalid for a configuration that makes no sense, Conflict
// for a name that is taken or a token that was used for another request, TooManyTags and OverQuota.
func (s *Service) Create(ctx context.Context, scope Scope, in CreateInput) (Receipt, error) {
	config, err := s.settle(ctx, scope, in.Proposal)
	if err != nil {
		return Receipt{}, err
	}
	if err := checkTags(in.Tags); err != nil {
		return Receipt{}, err
	}
	tags := sortTags(in.Tags)
	print, err := fingerprint(in.Proposal, tags)
	if err != nil {
		return Receipt{}, err
	}
	now := s.time()
	row, err := s.seal(ctx, Guardrail{
		Scope: scope, Config: config, ID: s.newID(), Version: Draft, CreatedAt: now, UpdatedAt: now, Revision: 1,
	})
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Scope: scope, ID: row.ID, Version: Draft, At: now}
	if len(tags) > MaxTags {
		return Receipt{}, errTooManyTags("") // the guardrail that it would be about does not exist
	}
	token := Token{Receipt: receipt, Operation: "CreateGuardrail", Value: in.Token, Fingerprint: print}
	return update(ctx, s.store, func(tx Tx) (Receipt, error) {
		return once(tx, token, now, func() (Receipt, error) {
			return receipt, s.create(tx, row, tags)
		})
	})
}

func (s *Service) create(tx Tx, row Row, tags []Tag) error {
	if s.limits.Guardrails > 0 {
		n, err := tx.CountDrafts(row.Scope)
		if err != nil {
			return err
		}
		if n >= s.limits.Guardrails {
			return fault.New(fault.OverQuota, "Your account has reached the maximum of %d guardrails in this Region.", s.limits.Guardrails)
		}
	}
	if err := checkName(tx, row.Summary); err != nil {
		return err
	}
	if err := tx.InsertDraft(row); err != nil {
		return err
	}
	for _, tag := range tags {
		if err := tx.PutTag(row.Scope, row.ID, tag); err != nil {
			return err
		}
	}
	return nil
}

// checkName refuses a name that another guardrail of the scope has.
func checkName(tx Tx, draft Summary) error {
	holder, err := tx.DraftNamed(draft.Scope, draft.Name)
	switch {
	case errors.Is(err, ErrNoRow):
		return nil
	case err != nil:
		return err
	case holder != draft.ID:
		return fault.New(fault.Conflict, "Another guardrail in your account already has this name.")
	default:
		return nil
	}
}
