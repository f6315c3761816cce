package guardrail

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// Enforced is the enforced configuration of an account and Region: a guardrail version that is applied to model invocations
// whether the caller asks for it or not.
type Enforced struct {
	Scope
	ID          string // 12 lower-case letters and digits
	GuardrailID string
	Version     Version // always a number
	System      Guarding
	Messages    Guarding
	// Models restricts the configuration to some models; nil means that the caller said nothing, which enforces it on all.
	Models    *ModelSelection
	CreatedAt time.Time
	CreatedBy string // ARN of the principal
	UpdatedAt time.Time
	UpdatedBy string
}

// Guarding says whether a caller's own guard tags are honoured. Empty means that it was left out: COMPREHENSIVE.
type Guarding string

// The two ways of guarding.
const (
	Selective     Guarding = "SELECTIVE"     // only content that the caller tagged
	Comprehensive Guarding = "COMPREHENSIVE" // everything, tagged or not
)

// ModelSelection names the models that an enforced configuration applies to; exclusion wins.
type ModelSelection struct {
	Included []string // model ids, or the one entry "ALL"
	Excluded []string
}

// EnforceInput is an enforced configuration to be set.
type EnforceInput struct {
	ConfigID   string // of the configuration to replace; empty sets the one that the scope may have
	Identifier string // id or ARN of the guardrail
	Version    Version
	System     Guarding
	Messages   Guarding
	Models     *ModelSelection
	Principal  string // ARN of the caller
}

// PutEnforced sets the scope's only enforced configuration. Without a ConfigID it makes or replaces it, so that a retry does
// no harm; with one it replaces the configuration of that id, and NotFound is the answer where that is not the present one.
func (s *Service) PutEnforced(ctx context.Context, scope Scope, in EnforceInput) (Enforced, error) {
	guardrail, err := ParseIdentifier(scope, in.Identifier)
	if err != nil {
		return Enforced{}, err
	}
	if in.Version == Draft {
		return Enforced{}, fault.New(fault.Invalid, "An enforced guardrail configuration needs a numbered guardrail version.")
	}
	now, fresh := s.time(), s.newID()
	return update(ctx, s.store, func(tx Tx) (Enforced, error) {
		next := Enforced{
			Scope: scope, ID: fresh, GuardrailID: guardrail, Version: in.Version, System: in.System, Messages: in.Messages,
			Models: in.Models, CreatedAt: now, CreatedBy: in.Principal, UpdatedAt: now, UpdatedBy: in.Principal,
		}
		old, err := tx.Enforced(scope)
		switch {
		case errors.Is(err, ErrNoRow):
			if in.ConfigID != "" {
				return Enforced{}, errEnforcedNotFound()
			}
		case err != nil:
			return Enforced{}, err
		case in.ConfigID != "" && in.ConfigID != old.ID:
			return Enforced{}, errEnforcedNotFound()
		default:
			next.ID, next.CreatedAt, next.CreatedBy = old.ID, old.CreatedAt, old.CreatedBy
		}
		if err := exists(tx, scope, guardrail); err != nil {
			return Enforced{}, err
		}
		if _, err := tx.VersionSummary(scope, guardrail, in.Version); err != nil {
			return Enforced{}, orNotFound(err, errVersionNotFound())
		}
		return next, tx.PutEnforced(next)
	})
}

// Enforced gives the scope's enforced configuration; the bool is false where there is none.
func (s *Service) Enforced(ctx context.Context, scope Scope) (Enforced, bool, error) {
	enforced, err := view(ctx, s.store, func(tx Tx) (Enforced, error) { return tx.Enforced(scope) })
	if errors.Is(err, ErrNoRow) {
		return Enforced{}, false, nil
	}
	return enforced, err == nil, err
}

// DeleteEnforced removes the enforced configuration with that id.
func (s *Service) DeleteEnforced(ctx context.Context, scope Scope, id string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		present, err := tx.Enforced(scope)
		if err != nil {
			return orNotFound(err, errEnforcedNotFound())
		}
		if present.ID != id {
			return errEnforcedNotFound()
		}
		return tx.DeleteEnforced(scope)
	})
}

func errEnforcedNotFound() error {
	return fault.New(fault.NotFound, "The specified enforced guardrail configuration could not be found.")
}
