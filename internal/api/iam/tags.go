package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func tagsOf(in []wire.Tag) []iam.Tag {
	tags := make([]iam.Tag, len(in))
	for i, t := range in {
		tags[i] = iam.Tag{Key: text(t.Key), Value: text(t.Value)}
	}
	return tags
}

// wireTags maps tags; none are an absent list.
func wireTags(in []iam.Tag) []wire.Tag {
	if len(in) == 0 {
		return nil
	}
	return listed(in)
}

// listed maps tags; none are an empty list.
func listed(in []iam.Tag) []wire.Tag {
	tags := make([]wire.Tag, len(in))
	for i, t := range in {
		tags[i] = wire.Tag{Key: &t.Key, Value: &t.Value}
	}
	return tags
}

func (s service) tags(ctx context.Context, call *operation.Call, target iam.Target, marker *string, most *int32) ([]wire.Tag, *string, *bool, error) {
	page, err := pageOf(marker, most)
	if err != nil {
		return nil, nil, nil, err
	}
	found, next, err := s.identities.Tags(ctx, scopeOf(call), target, page)
	if err != nil {
		return nil, nil, nil, err
	}
	on, truncated := markerOf(next)
	return listed(found), on, truncated, nil
}

func tagKeys(names []string) keys { return keys{"aws:TagKeys": names} }

func (s service) tagUser() operation.Operation {
	return define(wire.TagUser, operation.Write,
		func(call *operation.Call, in *wire.TagUserRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "TagUser", iam.User, text(in.UserName), keys{}.tags(in.Tags))}
		},
		func(ctx context.Context, call *operation.Call, in *wire.TagUserRequest) (*codec.Empty, error) {
			return done(s.identities.Tag(ctx, scopeOf(call), iam.Target{Kind: iam.User, Name: text(in.UserName)}, tagsOf(in.Tags)))
		})
}

func (s service) tagRole() operation.Operation {
	return define(wire.TagRole, operation.Write,
		func(call *operation.Call, in *wire.TagRoleRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "TagRole", iam.Role, text(in.RoleName), keys{}.tags(in.Tags))}
		},
		func(ctx context.Context, call *operation.Call, in *wire.TagRoleRequest) (*codec.Empty, error) {
			return done(s.identities.Tag(ctx, scopeOf(call), iam.Target{Kind: iam.Role, Name: text(in.RoleName)}, tagsOf(in.Tags)))
		})
}

func (s service) tagPolicy() operation.Operation {
	return define(wire.TagPolicy, operation.Write,
		func(call *operation.Call, in *wire.TagPolicyRequest) []operation.Requirement {
			return s.onPolicy(call, "TagPolicy", in.PolicyArn, keys{}.tags(in.Tags))
		},
		func(ctx context.Context, call *operation.Call, in *wire.TagPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Tag(ctx, scopeOf(call), iam.Target{PolicyARN: text(in.PolicyArn)}, tagsOf(in.Tags)))
		})
}

func (s service) untagUser() operation.Operation {
	return define(wire.UntagUser, operation.Write,
		func(call *operation.Call, in *wire.UntagUserRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "UntagUser", iam.User, text(in.UserName), tagKeys(in.TagKeys))}
		},
		func(ctx context.Context, call *operation.Call, in *wire.UntagUserRequest) (*codec.Empty, error) {
			return done(s.identities.Untag(ctx, scopeOf(call), iam.Target{Kind: iam.User, Name: text(in.UserName)}, in.TagKeys))
		})
}

func (s service) untagRole() operation.Operation {
	return define(wire.UntagRole, operation.Write,
		func(call *operation.Call, in *wire.UntagRoleRequest) []operation.Requirement {
			return []operation.Requirement{s.on(call, "UntagRole", iam.Role, text(in.RoleName), tagKeys(in.TagKeys))}
		},
		func(ctx context.Context, call *operation.Call, in *wire.UntagRoleRequest) (*codec.Empty, error) {
			return done(s.identities.Untag(ctx, scopeOf(call), iam.Target{Kind: iam.Role, Name: text(in.RoleName)}, in.TagKeys))
		})
}

func (s service) untagPolicy() operation.Operation {
	return define(wire.UntagPolicy, operation.Write,
		func(call *operation.Call, in *wire.UntagPolicyRequest) []operation.Requirement {
			return s.onPolicy(call, "UntagPolicy", in.PolicyArn, tagKeys(in.TagKeys))
		},
		func(ctx context.Context, call *operation.Call, in *wire.UntagPolicyRequest) (*codec.Empty, error) {
			return done(s.identities.Untag(ctx, scopeOf(call), iam.Target{PolicyARN: text(in.PolicyArn)}, in.TagKeys))
		})
}

func (s service) listUserTags() operation.Operation {
	return define(wire.ListUserTags, operation.Read,
		func(call *operation.Call, in *wire.ListUserTagsRequest) []operation.Requirement {
			return s.one(call, "ListUserTags", iam.User, in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListUserTagsRequest) (out *wire.ListUserTagsResponse, err error) {
			out = &wire.ListUserTagsResponse{}
			out.Tags, out.Marker, out.IsTruncated, err = s.tags(ctx, call, iam.Target{Kind: iam.User, Name: text(in.UserName)}, in.Marker, in.MaxItems)
			return out, err
		})
}

func (s service) listRoleTags() operation.Operation {
	return define(wire.ListRoleTags, operation.Read,
		func(call *operation.Call, in *wire.ListRoleTagsRequest) []operation.Requirement {
			return s.one(call, "ListRoleTags", iam.Role, in.RoleName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListRoleTagsRequest) (out *wire.ListRoleTagsResponse, err error) {
			out = &wire.ListRoleTagsResponse{}
			out.Tags, out.Marker, out.IsTruncated, err = s.tags(ctx, call, iam.Target{Kind: iam.Role, Name: text(in.RoleName)}, in.Marker, in.MaxItems)
			return out, err
		})
}

func (s service) listPolicyTags() operation.Operation {
	return define(wire.ListPolicyTags, operation.Read,
		func(call *operation.Call, in *wire.ListPolicyTagsRequest) []operation.Requirement {
			return s.onPolicy(call, "ListPolicyTags", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListPolicyTagsRequest) (out *wire.ListPolicyTagsResponse, err error) {
			out = &wire.ListPolicyTagsResponse{}
			out.Tags, out.Marker, out.IsTruncated, err = s.tags(ctx, call, iam.Target{PolicyARN: text(in.PolicyArn)}, in.Marker, in.MaxItems)
			return out, err
		})
}
