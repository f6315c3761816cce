package iam

import (
	"context"
	"slices"
	"strings"
)

// Attach gives a managed policy to a user, role or group. One that it has already is no error.
func (s *Service) Attach(ctx context.Context, scope Scope, kind Kind, name, policyARN string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return err
		}
		if err := modifiable(p); err != nil {
			return err
		}
		if err := attachable(tx, scope, policyARN); err != nil {
			return err
		}
		if err := tx.Attach(p.ID, policyARN); err != nil {
			return err
		}
		all, err := tx.Attachments(p.ID)
		if err == nil && s.limits.Attached > 0 && len(all) > s.limits.Attached {
			return errLimit("PoliciesPer"+title(kind), s.limits.Attached)
		}
		return err
	})
}

// Detach takes a managed policy from a user, role or group.
func (s *Service) Detach(ctx context.Context, scope Scope, kind Kind, name, policyARN string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return err
		}
		if err := modifiable(p); err != nil {
			return err
		}
		return orNotFound(tx.Detach(p.ID, policyARN), "Policy %s was not found.", policyARN)
	})
}

// Attachments gives the managed policies of a user, role or group in the order of their ARNs, and the ARN to go on after.
func (s *Service) Attachments(ctx context.Context, scope Scope, kind Kind, name, prefix string, page Page) (arns []string, next string, err error) {
	all, err := view(ctx, s.store, func(tx Tx) ([]string, error) {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return nil, err
		}
		return tx.Attachments(p.ID)
	})
	if prefix != "" && prefix != "/" {
		all = slices.DeleteFunc(all, func(a string) bool {
			_, resource, _ := strings.Cut(a, ":policy")
			return !strings.HasPrefix(resource, prefix)
		})
	}
	arns, next = cut(all, page, func(a string) string { return a })
	return arns, next, err
}

// PolicyName gives the name in the ARN of a managed policy.
func PolicyName(policyARN string) string { return policyARN[strings.LastIndexByte(policyARN, '/')+1:] }

// Users of a managed policy.
type Users struct {
	Attached []Principal // it is attached to
	Bounded  []Principal // it bounds
}

// PolicyUsers gives the users, roles and groups of the account that use a managed policy.
func (s *Service) PolicyUsers(ctx context.Context, scope Scope, policyARN string) (Users, error) {
	return view(ctx, s.store, func(tx Tx) (u Users, err error) {
		if _, err := findPolicy(tx, scope, policyARN); err != nil {
			return u, err
		}
		if u.Attached, err = tx.Attached(scope.Account, policyARN); err != nil {
			return u, err
		}
		u.Bounded, err = tx.Bounded(scope.Account, policyARN)
		return u, err
	})
}
