package guardrail

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/fault"
)

// Delete removes a guardrail with its draft, versions, tags and resource policy. It gives a fault of kind InUse while an
// enforced configuration names any of its versions.
func (s *Service) Delete(ctx context.Context, scope Scope, identifier string) error {
	id, err := ParseIdentifier(scope, identifier)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		enforced, err := tx.Enforced(scope)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if err == nil && enforced.GuardrailID == id {
			return errInUse()
		}
		if err := tx.DeleteGuardrail(scope, id); err != nil {
			return orNotFound(err, errGuardrailNotFound())
		}
		return orNotFound(tx.DeleteResourcePolicy(scope, scope.ARN(id)), nil)
	})
}

// DeleteVersion removes one numbered version. The draft cannot be deleted on its own: that is a fault of kind Invalid.
func (s *Service) DeleteVersion(ctx context.Context, scope Scope, identifier string, version Version) error {
	id, err := ParseIdentifier(scope, identifier)
	if err != nil {
		return err
	}
	if version == Draft {
		return fault.New(fault.Invalid, "The DRAFT of a guardrail cannot be deleted on its own.")
	}
	return s.store.Update(ctx, func(tx Tx) error {
		enforced, err := tx.Enforced(scope)
		if err != nil && !errors.Is(err, ErrNoRow) {
			return err
		}
		if err == nil && enforced.GuardrailID == id && enforced.Version == version {
			return errInUse()
		}
		return orNotFound(tx.DeleteVersion(scope, id, version), errVersionNotFound())
	})
}

func errInUse() error {
	return fault.New(fault.InUse, "The guardrail is used by an enforced guardrail configuration and cannot be deleted.")
}
