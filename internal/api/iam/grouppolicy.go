package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) putGroupPolicy() operation.Operation {
	return define(wire.PutGroupPolicy, operation.Write,
		func(call *operation.Call, in *wire.PutGroupPolicyRequest) []operation.Requirement {
			return s.one(call, "PutGroupPolicy", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutGroupPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.PutInline(ctx, scopeOf(call), iam.Group, text(in.GroupName), iam.Inline{Name: text(in.PolicyName), Document: text(in.PolicyDocument)}))
		})
}

func (s service) getGroupPolicy() operation.Operation {
	return define(wire.GetGroupPolicy, operation.Read,
		func(call *operation.Call, in *wire.GetGroupPolicyRequest) []operation.Requirement {
			return s.one(call, "GetGroupPolicy", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetGroupPolicyRequest) (*wire.GetGroupPolicyResponse, error) {
			inline, err := s.identities.Inline(ctx, scopeOf(call), iam.Group, text(in.GroupName), text(in.PolicyName))
			if err != nil {
				return nil, err
			}
			return &wire.GetGroupPolicyResponse{GroupName: in.GroupName, PolicyName: &inline.Name, PolicyDocument: document(inline.Document)}, nil
		})
}

func (s service) deleteGroupPolicy() operation.Operation {
	return define(wire.DeleteGroupPolicy, operation.Write,
		func(call *operation.Call, in *wire.DeleteGroupPolicyRequest) []operation.Requirement {
			return s.one(call, "DeleteGroupPolicy", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteGroupPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.DeleteInline(ctx, scopeOf(call), iam.Group, text(in.GroupName), text(in.PolicyName)))
		})
}

func (s service) listGroupPolicies() operation.Operation {
	return define(wire.ListGroupPolicies, operation.Read,
		func(call *operation.Call, in *wire.ListGroupPoliciesRequest) []operation.Requirement {
			return s.one(call, "ListGroupPolicies", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListGroupPoliciesRequest) (*wire.ListGroupPoliciesResponse, error) {
			names, next, err := s.inlines(ctx, call, iam.Group, in.GroupName, in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			out := &wire.ListGroupPoliciesResponse{PolicyNames: names}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) attachGroupPolicy() operation.Operation {
	return define(wire.AttachGroupPolicy, operation.Write,
		func(call *operation.Call, in *wire.AttachGroupPolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "AttachGroupPolicy", iam.Group, in.GroupName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.AttachGroupPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Attach(ctx, scopeOf(call), iam.Group, text(in.GroupName), text(in.PolicyArn)))
		})
}

func (s service) detachGroupPolicy() operation.Operation {
	return define(wire.DetachGroupPolicy, operation.Write,
		func(call *operation.Call, in *wire.DetachGroupPolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "DetachGroupPolicy", iam.Group, in.GroupName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DetachGroupPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Detach(ctx, scopeOf(call), iam.Group, text(in.GroupName), text(in.PolicyArn)))
		})
}

func (s service) listAttachedGroupPolicies() operation.Operation {
	return define(wire.ListAttachedGroupPolicies, operation.Read,
		func(call *operation.Call, in *wire.ListAttachedGroupPoliciesRequest) []operation.Requirement {
			return s.one(call, "ListAttachedGroupPolicies", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListAttachedGroupPoliciesRequest) (out *wire.ListAttachedGroupPoliciesResponse, err error) {
			out = &wire.ListAttachedGroupPoliciesResponse{}
			out.AttachedPolicies, out.Marker, out.IsTruncated, err = s.attached(ctx, call, iam.Group, in.GroupName, in.PathPrefix, in.Marker, in.MaxItems)
			return out, err
		})
}
