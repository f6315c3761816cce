package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// one is the requirement of an action on one user, role or group.
func (s service) one(call *operation.Call, action string, kind iam.Kind, name *string) []operation.Requirement {
	return []operation.Requirement{s.on(call, action, kind, text(name), nil)}
}

func (s service) putRolePolicy() operation.Operation {
	return define(wire.PutRolePolicy, operation.Write,
		func(call *operation.Call, in *wire.PutRolePolicyRequest) []operation.Requirement {
			return s.one(call, "PutRolePolicy", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutRolePolicyRequest) (*codec.Empty, error) {
			return done(s.identities.PutInline(ctx, scopeOf(call), iam.Role, text(in.RoleName), iam.Inline{Name: text(in.PolicyName), Document: text(in.PolicyDocument)}))
		})
}

func (s service) putUserPolicy() operation.Operation {
	return define(wire.PutUserPolicy, operation.Write,
		func(call *operation.Call, in *wire.PutUserPolicyRequest) []operation.Requirement {
			return s.one(call, "PutUserPolicy", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutUserPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.PutInline(ctx, scopeOf(call), iam.User, text(in.UserName), iam.Inline{Name: text(in.PolicyName), Document: text(in.PolicyDocument)}))
		})
}

func (s service) getRolePolicy() operation.Operation {
	return define(wire.GetRolePolicy, operation.Read,
		func(call *operation.Call, in *wire.GetRolePolicyRequest) []operation.Requirement {
			return s.one(call, "GetRolePolicy", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetRolePolicyRequest) (*wire.GetRolePolicyResponse, error) {
			inline, err := s.identities.Inline(ctx, scopeOf(call), iam.Role, text(in.RoleName), text(in.PolicyName))
			if err != nil {
				return nil, err
			}
			return &wire.GetRolePolicyResponse{RoleName: in.RoleName, PolicyName: &inline.Name, PolicyDocument: document(inline.Document)}, nil
		})
}

func (s service) getUserPolicy() operation.Operation {
	return define(wire.GetUserPolicy, operation.Read,
		func(call *operation.Call, in *wire.GetUserPolicyRequest) []operation.Requirement {
			return s.one(call, "GetUserPolicy", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetUserPolicyRequest) (*wire.GetUserPolicyResponse, error) {
			inline, err := s.identities.Inline(ctx, scopeOf(call), iam.User, text(in.UserName), text(in.PolicyName))
			if err != nil {
				return nil, err
			}
			return &wire.GetUserPolicyResponse{UserName: in.UserName, PolicyName: &inline.Name, PolicyDocument: document(inline.Document)}, nil
		})
}

func (s service) deleteRolePolicy() operation.Operation {
	return define(wire.DeleteRolePolicy, operation.Write,
		func(call *operation.Call, in *wire.DeleteRolePolicyRequest) []operation.Requirement {
			return s.one(call, "DeleteRolePolicy", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteRolePolicyRequest) (*codec.Empty, error) {
			return done(s.identities.DeleteInline(ctx, scopeOf(call), iam.Role, text(in.RoleName), text(in.PolicyName)))
		})
}

func (s service) deleteUserPolicy() operation.Operation {
	return define(wire.DeleteUserPolicy, operation.Write,
		func(call *operation.Call, in *wire.DeleteUserPolicyRequest) []operation.Requirement {
			return s.one(call, "DeleteUserPolicy", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteUserPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.DeleteInline(ctx, scopeOf(call), iam.User, text(in.UserName), text(in.PolicyName)))
		})
}

func (s service) listRolePolicies() operation.Operation {
	return define(wire.ListRolePolicies, operation.Read,
		func(call *operation.Call, in *wire.ListRolePoliciesRequest) []operation.Requirement {
			return s.one(call, "ListRolePolicies", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListRolePoliciesRequest) (*wire.ListRolePoliciesResponse, error) {
			names, next, err := s.inlines(ctx, call, iam.Role, in.RoleName, in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			out := &wire.ListRolePoliciesResponse{PolicyNames: names}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) listUserPolicies() operation.Operation {
	return define(wire.ListUserPolicies, operation.Read,
		func(call *operation.Call, in *wire.ListUserPoliciesRequest) []operation.Requirement {
			return s.one(call, "ListUserPolicies", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListUserPoliciesRequest) (*wire.ListUserPoliciesResponse, error) {
			names, next, err := s.inlines(ctx, call, iam.User, in.UserName, in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			out := &wire.ListUserPoliciesResponse{PolicyNames: names}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) inlines(ctx context.Context, call *operation.Call, kind iam.Kind, name, marker *string, most *int32) ([]string, string, error) {
	page, err := pageOf(marker, most)
	if err != nil {
		return nil, "", err
	}
	return s.identities.Inlines(ctx, scopeOf(call), kind, text(name), page)
}
