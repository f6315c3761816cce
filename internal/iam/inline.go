package iam

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// PutInline embeds a policy in a user, role or group, in place of the one of that name.
func (s *Service) PutInline(ctx context.Context, scope Scope, kind Kind, name string, inline Inline) error {
	if err := parse(policy.Identity, inline.Document); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return err
		}
		if err := modifiable(p); err != nil {
			return err
		}
		if err := tx.PutInline(p.ID, inline); err != nil {
			return err
		}
		all, err := tx.Inlines(p.ID)
		if err != nil {
			return err
		}
		total := 0
		for _, each := range all {
			total += size(each.Document)
		}
		if limit := maxInline(kind); total > limit {
			return fault.New(fault.OverQuota, "Maximum policy size of %d bytes exceeded for %s %s", limit, kind, p.Name)
		}
		return nil
	})
}

func maxInline(kind Kind) int {
	switch kind {
	case Role:
		return MaxRoleInline
	case Group:
		return MaxGroupInline
	default:
		return MaxUserInline
	}
}

// Inline gives one embedded policy.
func (s *Service) Inline(ctx context.Context, scope Scope, kind Kind, name, policyName string) (Inline, error) {
	return view(ctx, s.store, func(tx Tx) (Inline, error) {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return Inline{}, err
		}
		all, err := tx.Inlines(p.ID)
		for _, each := range all {
			if each.Name == policyName {
				return each, nil
			}
		}
		if err == nil {
			err = errNoInline(kind, policyName)
		}
		return Inline{}, err
	})
}

// Inlines gives the names of embedded policies, in order, and the name to go on after.
func (s *Service) Inlines(ctx context.Context, scope Scope, kind Kind, name string, page Page) (names []string, next string, err error) {
	all, err := view(ctx, s.store, func(tx Tx) ([]Inline, error) {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return nil, err
		}
		return tx.Inlines(p.ID)
	})
	part, next := cut(all, page, func(i Inline) string { return i.Name })
	for _, each := range part {
		names = append(names, each.Name)
	}
	return names, next, err
}

// DeleteInline removes an embedded policy.
func (s *Service) DeleteInline(ctx context.Context, scope Scope, kind Kind, name, policyName string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return err
		}
		if err := modifiable(p); err != nil {
			return err
		}
		return orNotFound(tx.DeleteInline(p.ID, policyName), "%s", errNoInline(kind, policyName).Error())
	})
}

func errNoInline(kind Kind, name string) error {
	return fault.New(fault.NotFound, "The %s policy with name %s cannot be found.", kind, name)
}
