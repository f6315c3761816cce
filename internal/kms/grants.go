package kms

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// GrantInput is a grant to be made; Grant's Scope, KeyID, ID, Sequence, CreatedAt and Issuer are set here.
type GrantInput struct {
	Key string
	Grant
	GrantTokens []string
	DryRun      DryRunMode
}

// CreateGrant makes a grant and gives it with a token that proves it. The same named grant again gives the first with another token.
func (s *Service) CreateGrant(ctx context.Context, scope Scope, in GrantInput) (g Grant, token string, err error) {
	if err := s.check(ctx, Use{GrantTokens: in.GrantTokens}); err != nil {
		return Grant{}, "", err
	}
	h, err := s.findKey(ctx, scope, in.Key)
	if err != nil {
		return Grant{}, "", err
	}
	if err := h.must(toUse, s.now()); err != nil {
		return Grant{}, "", err
	}
	g = in.Grant
	g.Scope, g.KeyID, g.ID, g.CreatedAt, g.Issuer = h.Scope, h.ID, newID(32), s.time(), scope.Root()
	g.Operations = slices.Compact(slices.Sorted(slices.Values(g.Operations)))
	if err := h.checkGrant(&g); err != nil {
		return Grant{}, "", err
	}
	if in.DryRun {
		return Grant{}, "", errDryRun()
	}
	if err := s.update(ctx, func(tx Tx) error { return s.insertGrant(tx, h, &g) }); err != nil {
		return Grant{}, "", err
	}
	token, err = s.newToken(ctx, &g)
	return g, token, err
}

// insertGrant writes g, or puts in its place the one that is there already.
func (s *Service) insertGrant(tx Tx, h *held, g *Grant) error {
	if g.Name != "" {
		same, err := tx.GrantsNamed(h.Region, h.ID, g.Name)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(same, func(other Grant) bool { return g.alike(&other) }); i >= 0 {
			*g = same[i]
			return nil
		}
	}
	if s.limits.Grants > 0 {
		n, err := tx.CountGrants(h.Region, h.ID)
		if err != nil {
			return err
		}
		if n >= s.limits.Grants {
			return fault.New(fault.OverQuota, "%s has reached the maximum of %d grants.", h.arn, s.limits.Grants)
		}
	}
	return noKey(h, tx.InsertGrant(*g))
}

// GrantFilter narrows a list of grants; empty members narrow nothing.
type GrantFilter struct{ ID, Grantee, GranteeService string }

// Grants gives at most limit grants of a key in the order of their creation, from the first whose Sequence is above after.
func (s *Service) Grants(ctx context.Context, scope Scope, key string, f GrantFilter, after int64, limit int) ([]Grant, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return nil, err
	}
	var out []Grant
	for _, g := range h.grants {
		if len(out) == limit {
			break
		}
		if g.Sequence > after && (f.ID == "" || f.ID == g.ID) && (f.Grantee == "" || f.Grantee == g.Grantee) &&
			(f.GranteeService == "" || f.GranteeService == g.GranteeService) {
			out = append(out, g)
		}
	}
	return out, nil
}

// RetirableGrants gives the grants in the scope that principal, an ARN or service name, may retire.
func (s *Service) RetirableGrants(ctx context.Context, scope Scope, principal string, after int64, limit int) ([]Grant, error) {
	return view(ctx, s.store, func(tx Tx) ([]Grant, error) { return tx.RetirableGrants(scope, principal, after, limit) })
}

// GrantReference names a grant: by its token, or by key and id.
type GrantReference struct {
	Token string
	Key   string // key ARN or id
	ID    string
}

// FindGrant gives the grant that a reference names, for the authorise phase and RetireGrant.
func (s *Service) FindGrant(ctx context.Context, scope Scope, ref GrantReference) (Grant, error) {
	if (ref.Token == "") == (ref.Key == "" && ref.ID == "") || ref.Token == "" && (ref.Key == "" || ref.ID == "") {
		return Grant{}, fault.New(fault.Invalid, "A grant is named by its token, or by its key and its id.")
	}
	if ref.Token != "" {
		named, err := s.openToken(ctx, ref.Token)
		if err != nil {
			return Grant{}, err
		}
		ref.Key, ref.ID = named.Key, named.ID
	}
	h, err := s.findKey(ctx, scope, ref.Key)
	if err != nil {
		return Grant{}, err
	}
	if i := slices.IndexFunc(h.grants, func(g Grant) bool { return g.ID == ref.ID }); i >= 0 {
		return h.grants[i], nil
	}
	return Grant{}, fault.New(fault.NotFound, "Grant ID %s not found", ref.ID)
}

// EndGrant ends a grant at once: both RetireGrant and RevokeGrant, which differ in who may.
func (s *Service) EndGrant(ctx context.Context, scope Scope, ref GrantReference, dry DryRunMode) error {
	g, err := s.FindGrant(ctx, scope, ref)
	if err != nil {
		return err
	}
	if dry {
		return errDryRun()
	}
	return s.update(ctx, func(tx Tx) error {
		err := tx.DeleteGrant(g.Region, g.KeyID, g.ID)
		if errors.Is(err, ErrNoRow) {
			return fault.New(fault.NotFound, "Grant ID %s not found", g.ID)
		}
		return err
	})
}

// tokenContext binds grant tokens to their use.
func tokenContext() map[string]string { return map[string]string{"merlon": "kms grant token"} }

// newToken gives a token that names g and cannot be made by anybody else. Grants take effect at once, so it proves no more than that.
func (s *Service) newToken(ctx context.Context, g *Grant) (string, error) {
	sealed, err := s.sealer.Seal(ctx, []byte(g.ARN(g.KeyID)+" "+g.ID), tokenContext())
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sealed), nil
}

func (s *Service) openToken(ctx context.Context, token string) (GrantReference, error) {
	errToken := refuse(fault.Invalid, InvalidGrantToken, "Invalid grant token")
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return GrantReference{}, errToken
	}
	named, err := s.sealer.Open(ctx, sealed, tokenContext())
	if err != nil {
		return GrantReference{}, errToken
	}
	key, id, ok := strings.Cut(string(named), " ")
	if !ok {
		return GrantReference{}, errToken
	}
	return GrantReference{Key: key, ID: id}, nil
}
