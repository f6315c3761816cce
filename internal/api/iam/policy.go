package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// onPolicy is the requirement of an action on a managed policy.
func (s service) onPolicy(call *operation.Call, action string, arn *string, known keys) []operation.Requirement {
	return []operation.Requirement{{
		Action: "iam:" + action, Resource: text(arn), Context: known,
		Lookup: func(context.Context) (operation.ResourceSide, error) {
			return operation.ResourceSide{Tags: func(ctx context.Context) (map[string]string, error) {
				found, err := s.identities.GetPolicy(ctx, scopeOf(call), text(arn))
				if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
					return nil, nil // the handler says so
				}
				if err != nil {
					return nil, err
				}
				return tagMap(found.Tags)(ctx)
			}}, nil
		},
	}}
}

func (s service) createPolicy() operation.Operation {
	return define(wire.CreatePolicy, operation.Write,
		func(call *operation.Call, in *wire.CreatePolicyRequest) []operation.Requirement {
			return made(call, "CreatePolicy", "TagPolicy", "policy"+resourcePath(in.Path, text(in.PolicyName)), keys{}, in.Tags)
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreatePolicyRequest) (*wire.CreatePolicyResponse, error) {
			tags := tagsOf(in.Tags)
			p, err := s.identities.CreatePolicy(ctx, scopeOf(call), iam.PolicyProposal{
				Name: text(in.PolicyName), Path: text(in.Path), Description: text(in.Description), Document: text(in.PolicyDocument), Tags: tags,
			})
			if err != nil {
				return nil, err
			}
			out := managed(call, iam.FoundPolicy{Policy: p, Tags: tags})
			out.Description = nil // this answer does not show it
			return &wire.CreatePolicyResponse{Policy: &out}, nil
		})
}

// managed maps a managed policy.
func managed(call *operation.Call, p iam.FoundPolicy) wire.Policy {
	return wire.Policy{
		PolicyName: &p.Name, PolicyId: &p.ID, Arn: new(p.ARN(call.Partition)), Path: &p.Path, DefaultVersionId: new(iam.VersionID(p.DefaultVersion)),
		AttachmentCount: new(int32(p.Attached)), PermissionsBoundaryUsageCount: new(int32(p.Bounds)), IsAttachable: new(true),
		Description: optional(p.Description), CreateDate: &p.CreatedAt, UpdateDate: &p.UpdatedAt, Tags: wireTags(p.Tags),
	}
}

func (s service) getPolicy() operation.Operation {
	return define(wire.GetPolicy, operation.Read,
		func(call *operation.Call, in *wire.GetPolicyRequest) []operation.Requirement {
			return s.onPolicy(call, "GetPolicy", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetPolicyRequest) (*wire.GetPolicyResponse, error) {
			p, err := s.identities.GetPolicy(ctx, scopeOf(call), text(in.PolicyArn))
			if err != nil {
				return nil, err
			}
			return &wire.GetPolicyResponse{Policy: new(managed(call, p))}, nil
		})
}

func (s service) listPolicies() operation.Operation {
	return define(wire.ListPolicies, operation.Read,
		func(call *operation.Call, in *wire.ListPoliciesRequest) []operation.Requirement {
			return all(call, "ListPolicies", "policy"+prefixOf(in.PathPrefix))
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListPoliciesRequest) (*wire.ListPoliciesResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			filter := iam.PolicyFilter{
				Prefix: prefixOf(in.PathPrefix), OnlyAttached: in.OnlyAttached != nil && *in.OnlyAttached,
				Local:         in.Scope != nil && *in.Scope == wire.PolicyScopeTypeLocal,
				Provided:      in.Scope != nil && *in.Scope == wire.PolicyScopeTypeAws,
				ForBoundaries: in.PolicyUsageFilter != nil && *in.PolicyUsageFilter == wire.PolicyUsageTypePermissionsBoundary,
			}
			found, next, err := s.identities.Policies(ctx, scopeOf(call), filter, page)
			if err != nil {
				return nil, err
			}
			out := &wire.ListPoliciesResponse{Policies: make([]wire.Policy, len(found))}
			for i, p := range found {
				p.Description, p.Tags = "", nil // lists do not show them
				out.Policies[i] = managed(call, p)
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) deletePolicy() operation.Operation {
	return define(wire.DeletePolicy, operation.Write,
		func(call *operation.Call, in *wire.DeletePolicyRequest) []operation.Requirement {
			return s.onPolicy(call, "DeletePolicy", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeletePolicyRequest) (*codec.Empty, error) {
			return done(s.identities.DeletePolicy(ctx, scopeOf(call), text(in.PolicyArn)))
		})
}

func (s service) listEntitiesForPolicy() operation.Operation {
	return define(wire.ListEntitiesForPolicy, operation.Read,
		func(call *operation.Call, in *wire.ListEntitiesForPolicyRequest) []operation.Requirement {
			return s.onPolicy(call, "ListEntitiesForPolicy", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListEntitiesForPolicyRequest) (*wire.ListEntitiesForPolicyResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			users, err := s.identities.PolicyUsers(ctx, scopeOf(call), text(in.PolicyArn))
			if err != nil {
				return nil, err
			}
			found := users.Attached
			switch {
			case in.PolicyUsageFilter == nil:
				found = append(found, users.Bounded...)
			case *in.PolicyUsageFilter == wire.PolicyUsageTypePermissionsBoundary:
				found = users.Bounded
			}
			return entities(found, in.EntityFilter, prefixOf(in.PathPrefix), page), nil
		})
}
