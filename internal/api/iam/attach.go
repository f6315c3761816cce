package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// withPolicy is the requirement of an action that joins a principal and a managed policy.
func (s service) withPolicy(call *operation.Call, action string, kind iam.Kind, name, arn *string) []operation.Requirement {
	return []operation.Requirement{s.on(call, action, kind, text(name), keys{}.with("iam:PolicyARN", arn))}
}

func (s service) attachRolePolicy() operation.Operation {
	return define(wire.AttachRolePolicy, operation.Write,
		func(call *operation.Call, in *wire.AttachRolePolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "AttachRolePolicy", iam.Role, in.RoleName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.AttachRolePolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Attach(ctx, scopeOf(call), iam.Role, text(in.RoleName), text(in.PolicyArn)))
		})
}

func (s service) attachUserPolicy() operation.Operation {
	return define(wire.AttachUserPolicy, operation.Write,
		func(call *operation.Call, in *wire.AttachUserPolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "AttachUserPolicy", iam.User, in.UserName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.AttachUserPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Attach(ctx, scopeOf(call), iam.User, text(in.UserName), text(in.PolicyArn)))
		})
}

func (s service) detachRolePolicy() operation.Operation {
	return define(wire.DetachRolePolicy, operation.Write,
		func(call *operation.Call, in *wire.DetachRolePolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "DetachRolePolicy", iam.Role, in.RoleName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DetachRolePolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Detach(ctx, scopeOf(call), iam.Role, text(in.RoleName), text(in.PolicyArn)))
		})
}

func (s service) detachUserPolicy() operation.Operation {
	return define(wire.DetachUserPolicy, operation.Write,
		func(call *operation.Call, in *wire.DetachUserPolicyRequest) []operation.Requirement {
			return s.withPolicy(call, "DetachUserPolicy", iam.User, in.UserName, in.PolicyArn)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DetachUserPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Detach(ctx, scopeOf(call), iam.User, text(in.UserName), text(in.PolicyArn)))
		})
}

func (s service) listAttachedRolePolicies() operation.Operation {
	return define(wire.ListAttachedRolePolicies, operation.Read,
		func(call *operation.Call, in *wire.ListAttachedRolePoliciesRequest) []operation.Requirement {
			return s.one(call, "ListAttachedRolePolicies", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListAttachedRolePoliciesRequest) (out *wire.ListAttachedRolePoliciesResponse, err error) {
			out = &wire.ListAttachedRolePoliciesResponse{}
			out.AttachedPolicies, out.Marker, out.IsTruncated, err = s.attached(ctx, call, iam.Role, in.RoleName, in.PathPrefix, in.Marker, in.MaxItems)
			return out, err
		})
}

func (s service) listAttachedUserPolicies() operation.Operation {
	return define(wire.ListAttachedUserPolicies, operation.Read,
		func(call *operation.Call, in *wire.ListAttachedUserPoliciesRequest) []operation.Requirement {
			return s.one(call, "ListAttachedUserPolicies", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListAttachedUserPoliciesRequest) (out *wire.ListAttachedUserPoliciesResponse, err error) {
			out = &wire.ListAttachedUserPoliciesResponse{}
			out.AttachedPolicies, out.Marker, out.IsTruncated, err = s.attached(ctx, call, iam.User, in.UserName, in.PathPrefix, in.Marker, in.MaxItems)
			return out, err
		})
}

func (s service) attached(ctx context.Context, call *operation.Call, kind iam.Kind, name, prefix, marker *string, most *int32) ([]wire.AttachedPolicy, *string, *bool, error) {
	page, err := pageOf(marker, most)
	if err != nil {
		return nil, nil, nil, err
	}
	arns, next, err := s.identities.Attachments(ctx, scopeOf(call), kind, text(name), text(prefix), page)
	if err != nil {
		return nil, nil, nil, err
	}
	on, truncated := markerOf(next)
	return attachedPolicies(arns), on, truncated, nil
}

func attachedPolicies(arns []string) []wire.AttachedPolicy {
	out := make([]wire.AttachedPolicy, len(arns))
	for i, arn := range arns {
		out[i] = wire.AttachedPolicy{PolicyName: new(iam.PolicyName(arn)), PolicyArn: &arn}
	}
	return out
}
