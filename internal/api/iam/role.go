package iam

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) createRole() operation.Operation {
	return define(wire.CreateRole, operation.Write,
		func(call *operation.Call, in *wire.CreateRoleRequest) []operation.Requirement {
			known := keys{}.with("iam:PermissionsBoundary", in.PermissionsBoundary)
			return made(call, "CreateRole", "TagRole", "role"+resourcePath(in.Path, text(in.RoleName)), known, in.Tags)
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateRoleRequest) (*wire.CreateRoleResponse, error) {
			tags := tagsOf(in.Tags)
			p, err := s.identities.Create(ctx, scopeOf(call), iam.Proposal{
				Kind: iam.Role, Name: text(in.RoleName), Path: text(in.Path), Boundary: text(in.PermissionsBoundary), Tags: tags,
				Trust: text(in.AssumeRolePolicyDocument), Description: text(in.Description), MaxSession: seconds(in.MaxSessionDuration),
			})
			if err != nil {
				return nil, err
			}
			out := role(call, iam.Found{Principal: p, Tags: tags})
			out.MaxSessionDuration = nil // this answer does not show it
			return &wire.CreateRoleResponse{Role: &out}, nil
		})
}

func seconds(n *int32) time.Duration {
	if n == nil {
		return 0
	}
	return time.Duration(*n) * time.Second
}

// role maps a role.
func role(call *operation.Call, f iam.Found) wire.Role {
	return wire.Role{
		Path: &f.Path, RoleName: &f.Name, RoleId: &f.ID, Arn: new(f.ARN(call.Partition)), CreateDate: &f.CreatedAt,
		AssumeRolePolicyDocument: document(f.Trust), Description: optional(f.Description),
		MaxSessionDuration: new(int32(f.MaxSession / time.Second)), PermissionsBoundary: boundary(f.Boundary), Tags: wireTags(f.Tags),
	}
}

// lastUsed maps the last use of a role; the answer has the member even where the role was never used.
func lastUsed(p iam.Principal) *wire.RoleLastUsed {
	out := &wire.RoleLastUsed{Region: optional(p.LastRegion)}
	if !p.LastUsedAt.IsZero() {
		out.LastUsedDate = &p.LastUsedAt
	}
	return out
}

func (s service) getRole() operation.Operation {
	return define(wire.GetRole, operation.Read,
		func(call *operation.Call, in *wire.GetRoleRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "GetRole", iam.Role, text(in.RoleName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetRoleRequest) (*wire.GetRoleResponse, error) {
			found, err := s.identities.Get(ctx, scopeOf(call), iam.Role, text(in.RoleName))
			if err != nil {
				return nil, err
			}
			out := role(call, found)
			out.RoleLastUsed = lastUsed(found.Principal)
			return &wire.GetRoleResponse{Role: &out}, nil
		})
}

func (s service) listRoles() operation.Operation {
	return define(wire.ListRoles, operation.Read,
		func(call *operation.Call, in *wire.ListRolesRequest) []operation.Requirement {
			return all(call, "ListRoles", "role"+prefixOf(in.PathPrefix))
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListRolesRequest) (*wire.ListRolesResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			found, next, err := s.identities.List(ctx, scopeOf(call), iam.Role, prefixOf(in.PathPrefix), page)
			if err != nil {
				return nil, err
			}
			out := &wire.ListRolesResponse{Roles: make([]wire.Role, len(found))}
			for i, p := range found {
				p.Boundary = "" // lists do not show it
				out.Roles[i] = role(call, iam.Found{Principal: p})
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) updateRole() operation.Operation {
	return define(wire.UpdateRole, operation.Write,
		func(call *operation.Call, in *wire.UpdateRoleRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "UpdateRole", iam.Role, text(in.RoleName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateRoleRequest) (*wire.UpdateRoleResponse, error) {
			change := iam.Change{Description: new(text(in.Description)), MaxSession: new(iam.DefaultSession)}
			if in.MaxSessionDuration != nil {
				change.MaxSession = new(seconds(in.MaxSessionDuration))
			}
			if _, err := s.identities.Update(ctx, scopeOf(call), iam.Role, text(in.RoleName), change); err != nil {
				return nil, err
			}
			return &wire.UpdateRoleResponse{}, nil
		})
}

func (s service) updateRoleDescription() operation.Operation {
	return define(wire.UpdateRoleDescription, operation.Write,
		func(call *operation.Call, in *wire.UpdateRoleDescriptionRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "UpdateRoleDescription", iam.Role, text(in.RoleName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateRoleDescriptionRequest) (*wire.UpdateRoleDescriptionResponse, error) {
			p, err := s.identities.Update(ctx, scopeOf(call), iam.Role, text(in.RoleName), iam.Change{Description: in.Description})
			if err != nil {
				return nil, err
			}
			return &wire.UpdateRoleDescriptionResponse{Role: new(role(call, iam.Found{Principal: p}))}, nil
		})
}

func (s service) deleteRole() operation.Operation {
	return define(wire.DeleteRole, operation.Write,
		func(call *operation.Call, in *wire.DeleteRoleRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "DeleteRole", iam.Role, text(in.RoleName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteRoleRequest) (*codec.Empty, error) {
			return done(s.identities.Delete(ctx, scopeOf(call), iam.Role, text(in.RoleName)))
		})
}

func (s service) updateAssumeRolePolicy() operation.Operation {
	return define(wire.UpdateAssumeRolePolicy, operation.Write,
		func(call *operation.Call, in *wire.UpdateAssumeRolePolicyRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "UpdateAssumeRolePolicy", iam.Role, text(in.RoleName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateAssumeRolePolicyRequest) (*codec.Empty, error) {
			_, err := s.identities.Update(ctx, scopeOf(call), iam.Role, text(in.RoleName), iam.Change{Trust: in.PolicyDocument})
			return done(err)
		})
}

func (s service) createServiceLinkedRole() operation.Operation {
	return define(wire.CreateServiceLinkedRole, operation.Write,
		func(call *operation.Call, in *wire.CreateServiceLinkedRoleRequest) []operation.Requirement {
			known := keys{}.with("iam:AWSServiceName", in.AWSServiceName)
			resource := scopeOf(call).ARN("role/aws-service-role/" + text(in.AWSServiceName) + "/*")
			return []operation.Requirement{{Action: "iam:CreateServiceLinkedRole", Resource: resource, Context: known}}
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateServiceLinkedRoleRequest) (*wire.CreateServiceLinkedRoleResponse, error) {
			p, err := s.identities.CreateServiceLinked(ctx, scopeOf(call), text(in.AWSServiceName), text(in.Description), text(in.CustomSuffix))
			if err != nil {
				return nil, err
			}
			out := role(call, iam.Found{Principal: p})
			out.MaxSessionDuration = nil // this answer does not show it
			return &wire.CreateServiceLinkedRoleResponse{Role: &out}, nil
		})
}
