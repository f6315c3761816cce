package iam

import (
	"context"

	"merlon.dev/merlon/internal/fault"
)

// AddMember puts a user into a group. One who is in it already is no error.
func (s *Service) AddMember(ctx context.Context, scope Scope, group, user string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		g, u, err := groupAndUser(tx, scope, group, user)
		if err != nil {
			return err
		}
		if err := tx.PutMember(g.ID, u.ID); err != nil {
			return err
		}
		all, err := tx.Groups(u.ID)
		if err == nil && s.limits.Memberships > 0 && len(all) > s.limits.Memberships {
			return errLimit("GroupsPerUser", s.limits.Memberships)
		}
		return err
	})
}

// RemoveMember takes a user out of a group. One who is not in it is no error.
func (s *Service) RemoveMember(ctx context.Context, scope Scope, group, user string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		g, u, err := groupAndUser(tx, scope, group, user)
		if err != nil {
			return err
		}
		return tx.DeleteMember(g.ID, u.ID)
	})
}

func groupAndUser(tx Tx, scope Scope, group, user string) (g, u Principal, err error) {
	if g, err = named(tx, scope, Group, group); err != nil {
		return g, u, err
	}
	u, err = named(tx, scope, User, user)
	return g, u, err
}

// Members gives a group and a part of its users in the order of their names, and the name to go on after.
func (s *Service) Members(ctx context.Context, scope Scope, group string, page Page) (g Principal, users []Principal, next string, err error) {
	err = s.store.View(ctx, func(tx Tx) (err error) {
		if g, err = named(tx, scope, Group, group); err != nil {
			return err
		}
		users, err = tx.Members(g.ID)
		return err
	})
	users, next = cut(users, page, func(p Principal) string { return p.Name })
	return g, users, next, err
}

// Groups gives a part of the groups that a user is in, in the order of their names, and the name to go on after.
func (s *Service) Groups(ctx context.Context, scope Scope, user string, page Page) (groups []Principal, next string, err error) {
	all, err := view(ctx, s.store, func(tx Tx) ([]Principal, error) {
		u, err := named(tx, scope, User, user)
		if err != nil {
			return nil, err
		}
		return tx.Groups(u.ID)
	})
	groups, next = cut(all, page, func(p Principal) string { return p.Name })
	return groups, next, err
}

// apart refuses to delete a user who is in a group, and a group with users, in the same words.
func apart(tx Tx, p Principal) error {
	joined := tx.Groups
	if p.Kind == Group {
		joined = tx.Members
	}
	others, err := joined(p.ID)
	if err == nil && len(others) > 0 {
		return fault.New(fault.InUse, "Cannot delete entity, must remove users from group first.")
	}
	return err
}
