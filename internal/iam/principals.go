package iam

import (
	"context"
	"errors"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// The bounds of a role's MaxSession.
const (
	MinSession     = time.Hour
	MaxSession     = 12 * time.Hour
	DefaultSession = time.Hour
)

// Proposal is a user, role or group to be made. A group has no boundary and no tags. Path may be empty for "/".
type Proposal struct {
	Kind     Kind
	Name     string
	Path     string
	Boundary string
	Tags     []Tag

	// For roles.
	Trust       string
	Description string
	MaxSession  time.Duration // 0 for the default
}

// Create makes a user, a role or a group. Faults: Conflict for a name that is taken, OverQuota, NotFound for a boundary that does not exist,
// MalformedPolicyDocument for a trust policy that cannot be read, Invalid.
func (s *Service) Create(ctx context.Context, scope Scope, in Proposal) (Principal, error) {
	p := Principal{
		Account: scope.Account, Kind: in.Kind, ID: newID(prefixOf(in.Kind)), Name: in.Name, Path: pathOr(in.Path), CreatedAt: s.time(), Boundary: in.Boundary,
	}
	if in.Kind == Role {
		p.Trust, p.Description, p.MaxSession = in.Trust, in.Description, in.MaxSession
		if p.MaxSession == 0 {
			p.MaxSession = DefaultSession
		}
		if err := parse(policy.Trust, in.Trust); err != nil {
			return Principal{}, err
		}
	}
	if err := checkTags(in.Tags); err != nil {
		return Principal{}, err
	}
	return p, s.store.Update(ctx, func(tx Tx) error {
		if err := s.room(tx, p); err != nil {
			return err
		}
		if err := s.insert(tx, scope, p); err != nil {
			return err
		}
		return putTags(tx, p.ID, in.Tags)
	})
}

// room refuses a principal beyond the quota.
func (s *Service) room(tx Tx, p Principal) error {
	limit := map[Kind]int{User: s.limits.Users, Role: s.limits.Roles, Group: s.limits.Groups}[p.Kind]
	if limit == 0 {
		return nil
	}
	n, err := tx.CountPrincipals(p.Account, p.Kind)
	if err == nil && n >= limit {
		return errLimit(title(p.Kind)+"sPerAccount", limit)
	}
	return err
}

func (s *Service) insert(tx Tx, scope Scope, p Principal) error {
	if err := free(tx, p, ""); err != nil {
		return err
	}
	if p.Boundary != "" {
		if err := attachable(tx, scope, p.Boundary); err != nil {
			return err
		}
	}
	return tx.InsertPrincipal(p)
}

// free refuses a name that a principal other than the one with the given id has.
func free(tx Tx, p Principal, id string) error {
	holder, err := tx.Principal(p.Account, p.Kind, p.Name)
	switch {
	case errors.Is(err, ErrNoRow):
		return nil
	case err != nil:
		return err
	case holder.ID == id:
		return nil
	default:
		return fault.New(fault.Conflict, "%s with name %s already exists.", title(p.Kind), p.Name)
	}
}

// Found is a principal with its tags.
type Found struct {
	Principal
	Tags []Tag
}

// Get gives a user, role or group by its name.
func (s *Service) Get(ctx context.Context, scope Scope, kind Kind, name string) (Found, error) {
	return view(ctx, s.store, func(tx Tx) (Found, error) {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return Found{}, err
		}
		tags, err := tx.Tags(p.ID)
		return Found{p, tags}, err
	})
}

// named finds a principal.
func named(tx Tx, scope Scope, kind Kind, name string) (Principal, error) {
	p, err := tx.Principal(scope.Account, kind, name)
	return p, orNotFound(err, "The %s with name %s cannot be found.", kind, name)
}

// List gives users, roles or groups whose path begins with prefix, in the order of their names, and the name to go on after.
func (s *Service) List(ctx context.Context, scope Scope, kind Kind, prefix string, page Page) ([]Principal, string, error) {
	found, err := view(ctx, s.store, func(tx Tx) ([]Principal, error) {
		return tx.Principals(scope.Account, kind, prefix, page.After, page.Limit+1)
	})
	if err != nil || len(found) <= page.Limit {
		return found, "", err
	}
	return found[:page.Limit], found[page.Limit-1].Name, nil
}

// Change is what may be changed of a principal. Nil leaves a thing as it is.
type Change struct {
	Name, Path         *string // of users and groups
	Trust, Description *string // of roles
	MaxSession         *time.Duration
	Boundary           *string // ARN, or "" for none
}

// Update changes a user, role or group.
func (s *Service) Update(ctx context.Context, scope Scope, kind Kind, name string, change Change) (Principal, error) {
	if change.Trust != nil {
		if err := parse(policy.Trust, *change.Trust); err != nil {
			return Principal{}, err
		}
	}
	return update(ctx, s.store, func(tx Tx) (Principal, error) {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return p, err
		}
		if err := modifiable(p); err != nil {
			return p, err
		}
		set(&p.Name, change.Name)
		set(&p.Path, change.Path)
		set(&p.Trust, change.Trust)
		set(&p.Description, change.Description)
		set(&p.MaxSession, change.MaxSession)
		if err := free(tx, p, p.ID); err != nil {
			return p, err
		}
		if change.Boundary != nil {
			if err := setBoundary(tx, scope, &p, *change.Boundary); err != nil {
				return p, err
			}
		}
		return p, tx.ReplacePrincipal(p)
	})
}

func setBoundary(tx Tx, scope Scope, p *Principal, boundary string) error {
	switch {
	case boundary != "":
		if err := attachable(tx, scope, boundary); err != nil {
			return err
		}
	case p.Boundary == "":
		return fault.New(fault.NotFound, "The permissions boundary of %s %s cannot be found.", p.Kind, p.Name)
	}
	p.Boundary = boundary
	return nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// Delete removes a user, role or group that nothing hangs on any more.
func (s *Service) Delete(ctx context.Context, scope Scope, kind Kind, name string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := named(tx, scope, kind, name)
		if err != nil {
			return err
		}
		if err := modifiable(p); err != nil {
			return err
		}
		if err := bare(tx, p); err != nil {
			return err
		}
		return tx.DeletePrincipal(p.ID)
	})
}

// bare refuses a principal that still carries something. Tags and the boundary go with it.
func bare(tx Tx, p Principal) error {
	inlines, err := tx.Inlines(p.ID)
	if err != nil {
		return err
	}
	if len(inlines) > 0 {
		return fault.New(fault.InUse, "Cannot delete entity, must delete policies first.")
	}
	attached, err := tx.Attachments(p.ID)
	if err != nil {
		return err
	}
	if len(attached) > 0 {
		return fault.New(fault.InUse, "Cannot delete entity, must detach all policies first.")
	}
	if p.Kind == Role {
		return nil
	}
	if err := apart(tx, p); err != nil || p.Kind == Group {
		return err
	}
	keys, err := tx.Keys(p.Account, p.ID)
	if err != nil {
		return err
	}
	if len(keys) > 0 {
		return fault.New(fault.InUse, "Cannot delete entity, must delete access keys first.")
	}
	credentials, err := tx.ServiceCredentials(p.Account, p.ID)
	if err == nil && len(credentials) > 0 {
		return fault.New(fault.InUse, "Cannot delete entity, must remove referenced objects first.")
	}
	return err
}

// title gives a kind as IAM begins sentences and quotas with it.
func title(kind Kind) string { return strings.ToUpper(string(kind[:1])) + string(kind[1:]) }

func pathOr(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
