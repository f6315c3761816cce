package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// bounding is the requirement of an action on the boundary of a principal.
func (s service) bounding(call *operation.Call, action string, kind iam.Kind, name, arn *string) []operation.Requirement {
	return []operation.Requirement{s.on(call, action, kind, text(name), keys{}.with("iam:PermissionsBoundary", arn))}
}

func (s service) bound(ctx context.Context, call *operation.Call, kind iam.Kind, name *string, arn string) (*codec.Empty, error) {
	_, err := s.identities.Update(ctx, scopeOf(call), kind, text(name), iam.Change{Boundary: &arn})
	return done(err)
}

func (s service) putRolePermissionsBoundary() operation.Operation {
	return define(wire.PutRolePermissionsBoundary, operation.Write,
		func(call *operation.Call, in *wire.PutRolePermissionsBoundaryRequest) []operation.Requirement {
			return s.bounding(call, "PutRolePermissionsBoundary", iam.Role, in.RoleName, in.PermissionsBoundary)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutRolePermissionsBoundaryRequest) (*codec.Empty, error) {
			return s.bound(ctx, call, iam.Role, in.RoleName, text(in.PermissionsBoundary))
		})
}

func (s service) putUserPermissionsBoundary() operation.Operation {
	return define(wire.PutUserPermissionsBoundary, operation.Write,
		func(call *operation.Call, in *wire.PutUserPermissionsBoundaryRequest) []operation.Requirement {
			return s.bounding(call, "PutUserPermissionsBoundary", iam.User, in.UserName, in.PermissionsBoundary)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutUserPermissionsBoundaryRequest) (*codec.Empty, error) {
			return s.bound(ctx, call, iam.User, in.UserName, text(in.PermissionsBoundary))
		})
}

func (s service) deleteRolePermissionsBoundary() operation.Operation {
	return define(wire.DeleteRolePermissionsBoundary, operation.Write,
		func(call *operation.Call, in *wire.DeleteRolePermissionsBoundaryRequest) []operation.Requirement {
			return s.bounding(call, "DeleteRolePermissionsBoundary", iam.Role, in.RoleName, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteRolePermissionsBoundaryRequest) (*codec.Empty, error) {
			return s.bound(ctx, call, iam.Role, in.RoleName, "")
		})
}

func (s service) deleteUserPermissionsBoundary() operation.Operation {
	return define(wire.DeleteUserPermissionsBoundary, operation.Write,
		func(call *operation.Call, in *wire.DeleteUserPermissionsBoundaryRequest) []operation.Requirement {
			return s.bounding(call, "DeleteUserPermissionsBoundary", iam.User, in.UserName, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteUserPermissionsBoundaryRequest) (*codec.Empty, error) {
			return s.bound(ctx, call, iam.User, in.UserName, "")
		})
}
