package iam

import (
	"context"
	"strings"
)

// Details is everything that governs one user, role or group.
type Details struct {
	Found
	Inlines  []Inline
	Attached []string
	Groups   []Principal // of a user
}

// PolicyDetails is a managed policy with its versions.
type PolicyDetails struct {
	FoundPolicy
	Versions []Version
}

// Authorization is a part of everything that an account's authorisation rests on.
type Authorization struct {
	Principals []Details
	Policies   []PolicyDetails
}

// Authorizations gives users, then groups, then roles, then managed policies, each in the order of their names, beginning after the entry that page
// names. Which of them are wanted is for wanted to say.
func (s *Service) Authorizations(ctx context.Context, scope Scope, wanted func(section string) bool, page Page) (out Authorization, next string, err error) {
	section, after, _ := strings.Cut(page.After, "/")
	room := page.Limit
	err = s.store.View(ctx, func(tx Tx) error {
		for _, step := range []struct {
			name string
			fill func(after string, limit int) (n int, last string, err error)
		}{
			{"user", func(after string, limit int) (int, string, error) {
				return out.principals(tx, scope, User, after, limit)
			}},
			{"group", func(after string, limit int) (int, string, error) {
				return out.principals(tx, scope, Group, after, limit)
			}},
			{"role", func(after string, limit int) (int, string, error) {
				return out.principals(tx, scope, Role, after, limit)
			}},
			{"policy", func(after string, limit int) (int, string, error) {
				return s.policyDetails(tx, scope, &out, after, limit)
			}},
			{"provided", func(after string, limit int) (int, string, error) {
				return s.providedDetails(tx, scope, &out, after, limit)
			}},
		} {
			if section != "" && section != step.name || !wanted(step.name) {
				continue
			}
			n, last, err := step.fill(after, room)
			if err != nil {
				return err
			}
			section, after, room = "", "", room-n
			if last != "" {
				next = step.name + "/" + last
				return nil
			}
		}
		return nil
	})
	return out, next, err
}

func (a *Authorization) principals(tx Tx, scope Scope, kind Kind, after string, limit int) (n int, last string, err error) {
	found, err := tx.Principals(scope.Account, kind, "/", after, limit)
	for _, p := range found {
		d, err := details(tx, p)
		if err != nil {
			return 0, "", err
		}
		a.Principals = append(a.Principals, d)
		last = p.Name
	}
	if len(found) < limit {
		last = ""
	}
	return len(found), last, err
}

func details(tx Tx, p Principal) (d Details, err error) {
	d.Principal = p
	if d.Tags, err = tx.Tags(p.ID); err != nil {
		return d, err
	}
	if d.Inlines, err = tx.Inlines(p.ID); err != nil {
		return d, err
	}
	if d.Attached, err = tx.Attachments(p.ID); err != nil || p.Kind != User {
		return d, err
	}
	d.Groups, err = tx.Groups(p.ID)
	return d, err
}

func (s *Service) policyDetails(tx Tx, scope Scope, out *Authorization, after string, limit int) (n int, last string, err error) {
	found, err := tx.Policies(scope.Account, "/", after, limit)
	for _, p := range found {
		described, err := s.described(tx, scope, p)
		if err != nil {
			return 0, "", err
		}
		versions, err := tx.Versions(p.ID)
		if err != nil {
			return 0, "", err
		}
		out.Policies = append(out.Policies, PolicyDetails{described, versions})
		last = p.Name
	}
	if len(found) < limit {
		last = ""
	}
	return len(found), last, err
}

// providedDetails lists those of the provided policies that somebody in the account uses.
func (s *Service) providedDetails(tx Tx, scope Scope, out *Authorization, after string, limit int) (n int, last string, err error) {
	for _, p := range merge(nil, "/", Page{after, len(provideds())}) {
		described, err := s.described(tx, scope, p)
		if err != nil {
			return 0, "", err
		}
		if described.Attached+described.Bounds == 0 {
			continue
		}
		v, err := version(tx, p, p.DefaultVersion)
		if err != nil {
			return 0, "", err
		}
		out.Policies = append(out.Policies, PolicyDetails{described, []Version{v}})
		if n++; n == limit {
			return n, p.Name, nil
		}
	}
	return n, "", nil
}
