package kms

import (
	"context"
	"errors"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// CreateAlias names a key of the caller's scope.
func (s *Service) CreateAlias(ctx context.Context, scope Scope, name, target string) error {
	if err := checkAlias(name); err != nil {
		return err
	}
	h, err := s.aliasable(ctx, scope, target)
	if err != nil {
		return err
	}
	now := s.time()
	return s.update(ctx, func(tx Tx) error {
		if _, err := tx.Alias(scope, name); !errors.Is(err, ErrNoRow) {
			if err != nil {
				return err
			}
			return refuse(fault.Conflict, Exists, "An alias with the name %s already exists", scope.AliasARN(name))
		}
		return noKey(h, tx.InsertAlias(Alias{Scope: scope, Name: name, KeyID: h.ID, CreatedAt: now, UpdatedAt: now}))
	})
}

// UpdateAlias leads an alias to another key of the same type and usage.
func (s *Service) UpdateAlias(ctx context.Context, scope Scope, name, target string) error {
	if err := checkAlias(name); err != nil {
		return err
	}
	h, err := s.aliasable(ctx, scope, target)
	if err != nil {
		return err
	}
	now := s.time()
	return s.update(ctx, func(tx Tx) error {
		a, err := tx.Alias(scope, name)
		if errors.Is(err, ErrNoRow) {
			return errNoAlias(scope.AliasARN(name))
		}
		if err != nil {
			return err
		}
		old, err := tx.Key(scope.Region, a.KeyID)
		if err != nil {
			return err
		}
		if old.Usage != h.Usage || old.Spec.Asymmetric() != h.Spec.Asymmetric() {
			return fault.New(fault.Invalid, "Alias %s must keep to keys of the same type and usage.", scope.AliasARN(name))
		}
		a.KeyID, a.UpdatedAt = h.ID, now
		return noKey(h, tx.ReplaceAlias(a))
	})
}

// DeleteAlias removes an alias; the key's state does not matter.
func (s *Service) DeleteAlias(ctx context.Context, scope Scope, name string) error {
	if err := checkAlias(name); err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		err := tx.DeleteAlias(scope, name)
		if errors.Is(err, ErrNoRow) {
			return errNoAlias(scope.AliasARN(name))
		}
		return err
	})
}

// Aliases gives at most limit aliases of the scope in the order of their creation, from the first whose Sequence is above after; of one
// key, unless key is empty.
func (s *Service) Aliases(ctx context.Context, scope Scope, key string, after int64, limit int) ([]Alias, error) {
	var id string
	if key != "" {
		h, err := s.findKey(ctx, scope, key)
		if err != nil {
			return nil, err
		}
		id = h.ID
	}
	return view(ctx, s.store, func(tx Tx) ([]Alias, error) { return tx.Aliases(scope, id, after, limit) })
}

// AliasTarget gives the ARN of the key behind an alias of the scope.
func (s *Service) AliasTarget(ctx context.Context, scope Scope, name string) (string, error) {
	h, err := s.find(ctx, scope, name)
	if err != nil {
		return "", err
	}
	return h.arn, nil
}

// aliasable gives a key that may have an alias made in scope.
func (s *Service) aliasable(ctx context.Context, scope Scope, target string) (*held, error) {
	h, err := s.findKey(ctx, scope, target)
	if err != nil {
		return nil, err
	}
	if h.Scope != scope {
		return nil, fault.New(fault.NotFound, "Key '%s' is not in the account and Region of the alias.", h.arn)
	}
	if err := h.mine(); err != nil {
		return nil, err
	}
	return h, h.must(toAdminister, s.now())
}

func checkAlias(name string) error {
	rest, ok := strings.CutPrefix(name, "alias/")
	switch {
	case !ok || rest == "":
		return fault.New(fault.Invalid, `Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
	case strings.Contains(rest, ":"):
		return refuse(fault.Invalid, InvalidAlias, "Alias %s contains invalid characters for an alias", name)
	case strings.HasPrefix(name, ServicePrefix), rest == "aws":
		return refuse(fault.Invalid, InvalidAlias, "Alias names that begin with %s are reserved.", ServicePrefix)
	default:
		return nil
	}
}

// noKey turns a missing row into a missing key.
func noKey(h *held, err error) error {
	if errors.Is(err, ErrNoRow) {
		return errNoKey(h.arn)
	}
	return err
}
