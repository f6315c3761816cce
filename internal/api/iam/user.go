package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) createUser() operation.Operation {
	return define(wire.CreateUser, operation.Write,
		func(call *operation.Call, in *wire.CreateUserRequest) []operation.Requirement {
			known := keys{}.with("iam:PermissionsBoundary", in.PermissionsBoundary)
			return made(call, "CreateUser", "TagUser", "user"+resourcePath(in.Path, text(in.UserName)), known, in.Tags)
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateUserRequest) (*wire.CreateUserResponse, error) {
			tags := tagsOf(in.Tags)
			p, err := s.identities.Create(ctx, scopeOf(call), iam.Proposal{
				Kind: iam.User, Name: text(in.UserName), Path: text(in.Path), Boundary: text(in.PermissionsBoundary), Tags: tags,
			})
			if err != nil {
				return nil, err
			}
			return &wire.CreateUserResponse{User: new(user(call, iam.Found{Principal: p, Tags: tags}))}, nil
		})
}

// user maps a user.
func user(call *operation.Call, f iam.Found) wire.User {
	return wire.User{
		Path: &f.Path, UserName: &f.Name, UserId: &f.ID, Arn: new(f.ARN(call.Partition)), CreateDate: &f.CreatedAt,
		PermissionsBoundary: boundary(f.Boundary), Tags: wireTags(f.Tags),
	}
}

func boundary(arn string) *wire.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &wire.AttachedPermissionsBoundary{
		PermissionsBoundaryType: new(wire.PermissionsBoundaryAttachmentTypePermissionsBoundaryPolicy), PermissionsBoundaryArn: &arn,
	}
}

func (s service) getUser() operation.Operation {
	return define(wire.GetUser, operation.Read,
		func(call *operation.Call, in *wire.GetUserRequest) []operation.Requirement {
			if name := userName(call, in.UserName); name != "" {
				return []operation.Requirement{s.on(call, "GetUser", iam.User, name, nil)}
			}
			return all(call, "GetUser", "root")
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetUserRequest) (*wire.GetUserResponse, error) {
			name := userName(call, in.UserName)
			if name == "" && call.Kind == policy.Root {
				// The root is no user, but IAM shows it as one to itself.
				return &wire.GetUserResponse{User: &wire.User{
					Path: new("/"), UserName: new("root"), UserId: &call.Account, Arn: &call.Principal, CreateDate: new(call.Time),
				}}, nil
			}
			if name == "" {
				return nil, fault.New(fault.Invalid, "Must specify userName when calling with non-User credentials")
			}
			found, err := s.identities.Get(ctx, scopeOf(call), iam.User, name)
			if err != nil {
				return nil, err
			}
			return &wire.GetUserResponse{User: new(user(call, found))}, nil
		})
}

// userName gives the user that is named, or the one that calls; empty for a root and for sessions of roles.
func userName(call *operation.Call, name *string) string {
	if name != nil {
		return *name
	}
	return call.UserName
}

func (s service) listUsers() operation.Operation {
	return define(wire.ListUsers, operation.Read,
		func(call *operation.Call, in *wire.ListUsersRequest) []operation.Requirement {
			return all(call, "ListUsers", "user"+prefixOf(in.PathPrefix))
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListUsersRequest) (*wire.ListUsersResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			found, next, err := s.identities.List(ctx, scopeOf(call), iam.User, prefixOf(in.PathPrefix), page)
			if err != nil {
				return nil, err
			}
			out := &wire.ListUsersResponse{Users: make([]wire.User, len(found))}
			for i, p := range found {
				p.Boundary = "" // lists do not show it
				out.Users[i] = user(call, iam.Found{Principal: p})
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func prefixOf(prefix *string) string {
	if prefix == nil {
		return "/"
	}
	return *prefix
}

func (s service) updateUser() operation.Operation {
	return define(wire.UpdateUser, operation.Write,
		func(call *operation.Call, in *wire.UpdateUserRequest) []operation.Requirement {
			needed := []operation.Requirement{s.on(call, "UpdateUser", iam.User, text(in.UserName), nil)}
			if in.NewUserName != nil {
				needed = append(needed, s.on(call, "UpdateUser", iam.User, text(in.NewUserName), nil))
			}
			return needed
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateUserRequest) (*codec.Empty, error) {
			_, err := s.identities.Update(ctx, scopeOf(call), iam.User, text(in.UserName), iam.Change{Name: in.NewUserName, Path: in.NewPath})
			return done(err)
		})
}

func (s service) deleteUser() operation.Operation {
	return define(wire.DeleteUser, operation.Write,
		func(call *operation.Call, in *wire.DeleteUserRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "DeleteUser", iam.User, text(in.UserName), nil)}
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteUserRequest) (*codec.Empty, error) {
			return done(s.identities.Delete(ctx, scopeOf(call), iam.User, text(in.UserName)))
		})
}
