package kms

import (
	"context"
	"maps"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) grantOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.CreateGrant, operation.Write, s.requireCreateGrant, s.createGrant),
		serve(wire.ListGrants, operation.Read, just(s, "ListGrants", func(in *wire.ListGrantsRequest) *string { return in.KeyId }), s.listGrants),
		serve(wire.ListRetirableGrants, operation.Read, func(call *operation.Call, _ *wire.ListRetirableGrantsRequest) []operation.Requirement {
			return onAll(call, "ListRetirableGrants", nil)
		}, s.listRetirableGrants),
		serve(wire.RetireGrant, operation.Write, s.requireRetireGrant,
			func(ctx context.Context, call *operation.Call, in *wire.RetireGrantRequest) (*codec.Empty, error) {
				return new(codec.Empty), s.keys.EndGrant(ctx, scopeOf(call), retired(in), kms.DryRunMode(truth(in.DryRun)))
			}),
		serve(wire.RevokeGrant, operation.Write, just(s, "RevokeGrant", func(in *wire.RevokeGrantRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.RevokeGrantRequest) (*codec.Empty, error) {
				ref := kms.GrantReference{Key: text(in.KeyId), ID: text(in.GrantId)}
				return new(codec.Empty), s.keys.EndGrant(ctx, scopeOf(call), ref, kms.DryRunMode(truth(in.DryRun)))
			}),
	}
}

// requireCreateGrant tells what the grant would allow: a grantee may only pass on what it has.
func (s service) requireCreateGrant(call *operation.Call, in *wire.CreateGrantRequest) []operation.Requirement {
	c := conditions{kms.ConditionGrantOperations: words[string](in.Operations), "kms:GrantIsForAWSResource": {strconv.FormatBool(false)}}
	c.set("kms:GranteePrincipal", text(in.GranteePrincipal)).set("kms:RetiringPrincipal", text(in.RetiringPrincipal))
	c.set("kms:GranteeServicePrincipal", text(in.GranteeServicePrincipal)).set("kms:RetiringServicePrincipal", text(in.RetiringServicePrincipal))
	if in.Constraints != nil {
		switch {
		case in.Constraints.EncryptionContextEquals != nil:
			c.set(kms.ConditionConstraintType, kms.ConstraintEquals)
			c = contextual(in.Constraints.EncryptionContextEquals, c)
		case in.Constraints.EncryptionContextSubset != nil:
			c.set(kms.ConditionConstraintType, kms.ConstraintSubset)
			c = contextual(in.Constraints.EncryptionContextSubset, c)
		}
	}
	return []operation.Requirement{s.onKey(call, "CreateGrant", in.KeyId, c)}
}

func (s service) createGrant(ctx context.Context, call *operation.Call, in *wire.CreateGrantRequest) (*wire.CreateGrantResponse, error) {
	input := kms.GrantInput{Key: text(in.KeyId), GrantTokens: in.GrantTokens, DryRun: kms.DryRunMode(truth(in.DryRun)), Grant: kms.Grant{
		Name: text(in.Name), Grantee: text(in.GranteePrincipal), GranteeService: text(in.GranteeServicePrincipal),
		Retiring: text(in.RetiringPrincipal), RetiringService: text(in.RetiringServicePrincipal), Operations: words[kms.Operation](in.Operations),
	}}
	if c := in.Constraints; c != nil {
		input.Constraints = kms.Constraints{Equals: maps.Clone(c.EncryptionContextEquals), Subset: maps.Clone(c.EncryptionContextSubset), SourceARN: text(c.SourceArn)}
	}
	g, token, err := s.keys.CreateGrant(ctx, scopeOf(call), input)
	if err != nil {
		return nil, err
	}
	return &wire.CreateGrantResponse{GrantId: &g.ID, GrantToken: &token}, nil
}

func retired(in *wire.RetireGrantRequest) kms.GrantReference {
	return kms.GrantReference{Token: text(in.GrantToken), Key: text(in.KeyId), ID: text(in.GrantId)}
}

// requireRetireGrant names the grant, because its retiring principal needs no other permission.
func (s service) requireRetireGrant(call *operation.Call, in *wire.RetireGrantRequest) []operation.Requirement {
	g, err := s.keys.FindGrant(context.Background(), scopeOf(call), retired(in))
	if err != nil {
		// The handler says what is wrong with the reference, to those who might end a grant of the key at all.
		key := text(in.KeyId)
		if key == "" {
			key = "*"
		}
		return []operation.Requirement{s.onKey(call, "RetireGrant", &key, nil)}
	}
	key := g.ARN(g.KeyID)
	return []operation.Requirement{s.onKey(call, "RetireGrant", &key, conditions{kms.ConditionGrant: {g.ID}})}
}

func (s service) listGrants(ctx context.Context, call *operation.Call, in *wire.ListGrantsRequest) (*wire.ListGrantsResponse, error) {
	f := kms.GrantFilter{ID: text(in.GrantId), Grantee: text(in.GranteePrincipal), GranteeService: text(in.GranteeServicePrincipal)}
	p, err := s.open(call, in.Marker, in.Limit, restPage, "ListGrants", text(in.KeyId), f.ID, f.Grantee, f.GranteeService)
	if err != nil {
		return nil, err
	}
	grants, err := s.keys.Grants(ctx, scopeOf(call), text(in.KeyId), f, p.after, p.limit+1)
	if err != nil {
		return nil, err
	}
	return s.grantList(p, grants), nil
}

func (s service) listRetirableGrants(ctx context.Context, call *operation.Call, in *wire.ListRetirableGrantsRequest) (*wire.ListGrantsResponse, error) {
	principal := text(in.RetiringPrincipal) + text(in.RetiringServicePrincipal)
	if (in.RetiringPrincipal == nil) == (in.RetiringServicePrincipal == nil) {
		return nil, fault.New(fault.Invalid, "Exactly one of RetiringPrincipal and RetiringServicePrincipal must be given.")
	}
	if in.RetiringPrincipal != nil && !strings.HasPrefix(principal, "arn:") {
		return nil, &fault.Error{Kind: fault.Invalid, Code: "InvalidArnException", Message: "RetiringPrincipal must be an ARN."}
	}
	p, err := s.open(call, in.Marker, in.Limit, restPage, "ListRetirableGrants", principal)
	if err != nil {
		return nil, err
	}
	grants, err := s.keys.RetirableGrants(ctx, scopeOf(call), principal, p.after, p.limit+1)
	if err != nil {
		return nil, err
	}
	return s.grantList(p, grants), nil
}

func (s service) grantList(p page, grants []kms.Grant) *wire.ListGrantsResponse {
	out := &wire.ListGrantsResponse{Grants: []wire.GrantListEntry{}}
	grants, out.NextMarker, out.Truncated = cut(s, p, grants, func(g kms.Grant) int64 { return g.Sequence })
	for _, g := range grants {
		entry := wire.GrantListEntry{
			KeyId: new(g.ARN(g.KeyID)), GrantId: &g.ID, Name: &g.Name, CreationDate: &g.CreatedAt, GranteePrincipal: optional[string](g.Grantee),
			RetiringPrincipal: optional[string](g.Retiring), IssuingAccount: &g.Issuer, Operations: words[wire.GrantOperation](g.Operations),
			GranteeServicePrincipal: optional[string](g.GranteeService), RetiringServicePrincipal: optional[string](g.RetiringService),
		}
		if c := g.Constraints; c.Equals != nil || c.Subset != nil || c.SourceARN != "" {
			entry.Constraints = &wire.GrantConstraints{
				EncryptionContextEquals: c.Equals, EncryptionContextSubset: c.Subset, SourceArn: optional[string](c.SourceARN),
			}
		}
		out.Grants = append(out.Grants, entry)
	}
	return out
}
