package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) createGroup() operation.Operation {
	return define(wire.CreateGroup, operation.Write,
		func(call *operation.Call, in *wire.CreateGroupRequest) []operation.Requirement {
			return all(call, "CreateGroup", "group"+resourcePath(in.Path, text(in.GroupName)))
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateGroupRequest) (*wire.CreateGroupResponse, error) {
			p, err := s.identities.Create(ctx, scopeOf(call), iam.Proposal{Kind: iam.Group, Name: text(in.GroupName), Path: text(in.Path)})
			if err != nil {
				return nil, err
			}
			return &wire.CreateGroupResponse{Group: new(group(call, p))}, nil
		})
}

// group maps a group.
func group(call *operation.Call, p iam.Principal) wire.Group {
	return wire.Group{Path: &p.Path, GroupName: &p.Name, GroupId: &p.ID, Arn: new(p.ARN(call.Partition)), CreateDate: &p.CreatedAt}
}

func groups(call *operation.Call, found []iam.Principal) []wire.Group {
	out := make([]wire.Group, len(found))
	for i, p := range found {
		out[i] = group(call, p)
	}
	return out
}

func (s service) listGroups() operation.Operation {
	return define(wire.ListGroups, operation.Read,
		func(call *operation.Call, in *wire.ListGroupsRequest) []operation.Requirement {
			return all(call, "ListGroups", "group"+prefixOf(in.PathPrefix))
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListGroupsRequest) (*wire.ListGroupsResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			found, next, err := s.identities.List(ctx, scopeOf(call), iam.Group, prefixOf(in.PathPrefix), page)
			if err != nil {
				return nil, err
			}
			out := &wire.ListGroupsResponse{Groups: groups(call, found)}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) updateGroup() operation.Operation {
	return define(wire.UpdateGroup, operation.Write,
		func(call *operation.Call, in *wire.UpdateGroupRequest) []operation.Requirement {
			needed := s.one(call, "UpdateGroup", iam.Group, in.GroupName)
			if in.NewGroupName != nil {
				needed = append(needed, s.on(call, "UpdateGroup", iam.Group, text(in.NewGroupName), nil))
			}
			return needed
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateGroupRequest) (*codec.Empty, error) {
			_, err := s.identities.Update(ctx, scopeOf(call), iam.Group, text(in.GroupName), iam.Change{Name: in.NewGroupName, Path: in.NewPath})
			return done(err)
		})
}

func (s service) deleteGroup() operation.Operation {
	return define(wire.DeleteGroup, operation.Write,
		func(call *operation.Call, in *wire.DeleteGroupRequest) []operation.Requirement {
			return s.one(call, "DeleteGroup", iam.Group, in.GroupName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteGroupRequest) (*codec.Empty, error) {
			return done(s.identities.Delete(ctx, scopeOf(call), iam.Group, text(in.GroupName)))
		})
}
