package kms

import (
	"context"
	"slices"
	"time"

	"merlon.dev/merlon/internal/policy"
)

// AccessQuery is what a call is about to do with a key.
type AccessQuery struct {
	Key               string // as the caller wrote it
	Operation         Operation
	EncryptionContext map[string]string
	SourceARN         string // aws:SourceArn, where a service calls
	// Child is the grant that a CreateGrant would make: nobody delegates by a grant what that grant does not allow.
	Child *Grant
	// GrantID is the grant that a RetireGrant would end.
	GrantID string
}

// Facts are what conditions can ask of a key. They are not to be changed.
type Facts struct {
	Description
	Aliases []string
	Tags    []Tag
}

// Facts finds a key as a caller names it.
func (s *Service) Facts(ctx context.Context, scope Scope, key string) (Facts, error) {
	h, err := s.find(ctx, scope, key)
	if err != nil {
		return Facts{}, err
	}
	return h.facts(s.now()), nil
}

func (h *held) facts(now time.Time) Facts {
	return Facts{Description: h.describe(now), Aliases: h.aliases, Tags: h.tags}
}

// Access is what the authorise phase has to know of a key. It is not to be changed.
type Access struct {
	Facts
	// Policy is the key policy; identity policies count only where it delegates to the account.
	Policy *policy.Set
	// Grants are those that permit the operation in its context.
	Grants []policy.Grant
}

// Access finds a key and what permits a call on it. It fails as the call itself would where there is no such key.
func (s *Service) Access(ctx context.Context, scope Scope, q AccessQuery) (Access, error) {
	h, err := s.find(ctx, scope, q.Key)
	if err != nil {
		return Access{}, err
	}
	a := Access{Facts: h.facts(s.now()), Policy: h.policies}
	for i := range h.grants {
		a.Grants = h.grants[i].appendPermissions(a.Grants, q)
	}
	return a, nil
}

// appendPermissions appends what g contributes to a call.
func (g *Grant) appendPermissions(to []policy.Grant, q AccessQuery) []policy.Grant {
	if q.Operation == OpRetireGrant {
		if g.ID != q.GrantID {
			return to
		}
		if retiring := g.Retiring + g.RetiringService; retiring != "" {
			to = append(to, policy.Grant{ID: g.ID, Grantee: retiring})
		}
	}
	switch {
	case !slices.Contains(g.Operations, q.Operation):
		return to
	case q.Operation.contextual() && !g.Constraints.admits(q.EncryptionContext):
		return to
	case g.Constraints.SourceARN != "" && g.Constraints.SourceARN != q.SourceARN:
		return to
	case q.Operation == OpCreateGrant && !g.covers(q.Child):
		return to
	default:
		return append(to, g.permission())
	}
}

// covers reports whether child allows nothing that g does not.
func (g *Grant) covers(child *Grant) bool {
	if child == nil {
		return false
	}
	for _, o := range child.Operations {
		if !slices.Contains(g.Operations, o) {
			return false
		}
	}
	return child.Constraints.atLeastAs(g.Constraints)
}
