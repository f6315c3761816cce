package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) addUserToGroup() operation.Operation {
	return define(wire.AddUserToGroup, operation.Write,
		func(call *operation.Call, in *wire.AddUserToGroupRequest) []operation.Requirement {
			return s.one(call, "AddUserToGroup", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.AddUserToGroupRequest) (*codec.Empty, error) {
			return done(s.identities.AddMember(ctx, scopeOf(call), text(in.GroupName), text(in.UserName)))
		})
}

func (s service) removeUserFromGroup() operation.Operation {
	return define(wire.RemoveUserFromGroup, operation.Write,
		func(call *operation.Call, in *wire.RemoveUserFromGroupRequest) []operation.Requirement {
			return s.one(call, "RemoveUserFromGroup", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.RemoveUserFromGroupRequest) (*codec.Empty, error) {
			return done(s.identities.RemoveMember(ctx, scopeOf(call), text(in.GroupName), text(in.UserName)))
		})
}

func (s service) getGroup() operation.Operation {
	return define(wire.GetGroup, operation.Read,
		func(call *operation.Call, in *wire.GetGroupRequest) []operation.Requirement {
			return s.one(call, "GetGroup", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetGroupRequest) (*wire.GetGroupResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			found, users, next, err := s.identities.Members(ctx, scopeOf(call), text(in.GroupName), page)
			if err != nil {
				return nil, err
			}
			out := &wire.GetGroupResponse{Group: new(group(call, found)), Users: make([]wire.User, len(users))}
			for i, p := range users {
				p.Boundary = "" // lists do not show it
				out.Users[i] = user(call, iam.Found{Principal: p})
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) listGroupsForUser() operation.Operation {
	return define(wire.ListGroupsForUser, operation.Read,
		func(call *operation.Call, in *wire.ListGroupsForUserRequest) []operation.Requirement {
			return s.one(call, "ListGroupsForUser", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListGroupsForUserRequest) (*wire.ListGroupsForUserResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			found, next, err := s.identities.Groups(ctx, scopeOf(call), text(in.UserName), page)
			if err != nil {
				return nil, err
			}
			out := &wire.ListGroupsForUserResponse{Groups: groups(call, found)}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}
