package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) addTags() operation.Operation {
	return define(wire.AddTags, operation.Write,
		func(call *operation.Call, in *wire.AddTagsRequest) []string { return named(call, in.ResourceId) },
		func(ctx context.Context, call *operation.Call, in *wire.AddTagsRequest) (*wire.AddTagsResponse, error) {
			return &wire.AddTagsResponse{}, s.Trails.Tag(ctx, scopeOf(call), text(in.ResourceId), tagsOf(in.TagsList))
		})
}

func (s service) removeTags() operation.Operation {
	return define(wire.RemoveTags, operation.Write,
		func(call *operation.Call, in *wire.RemoveTagsRequest) []string { return named(call, in.ResourceId) },
		func(ctx context.Context, call *operation.Call, in *wire.RemoveTagsRequest) (*wire.RemoveTagsResponse, error) {
			keys := make([]string, len(in.TagsList))
			for i, tag := range in.TagsList {
				keys[i] = text(tag.Key)
			}
			return &wire.RemoveTagsResponse{}, s.Trails.Untag(ctx, scopeOf(call), text(in.ResourceId), keys)
		})
}

func (s service) listTags() operation.Operation {
	return define(wire.ListTags, operation.Read,
		func(call *operation.Call, in *wire.ListTagsRequest) (resources []string) {
			for _, id := range in.ResourceIdList {
				resources = append(resources, named(call, &id)...)
			}
			if len(resources) == 0 {
				return []string{"*"}
			}
			return resources
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListTagsRequest) (*wire.ListTagsResponse, error) {
			out := &wire.ListTagsResponse{ResourceTagList: []wire.ResourceTag{}}
			for _, id := range in.ResourceIdList {
				t, err := s.Trails.Get(ctx, scopeOf(call), id)
				if err != nil {
					return nil, err
				}
				tags := []wire.Tag{}
				for _, tag := range t.Tags {
					tags = append(tags, wire.Tag{Key: &tag.Key, Value: &tag.Value})
				}
				out.ResourceTagList = append(out.ResourceTagList, wire.ResourceTag{ResourceId: &id, TagsList: tags})
			}
			return out, nil
		})
}

func tagsOf(in []wire.Tag) []trail.Tag {
	tags := make([]trail.Tag, len(in))
	for i, tag := range in {
		tags[i] = trail.Tag{Key: text(tag.Key), Value: text(tag.Value)}
	}
	return tags
}
