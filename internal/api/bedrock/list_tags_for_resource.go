package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) listTagsForResource() operation.Operation {
	return operation.Operation{
		Schema: wire.ListTagsForResource, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.ListTagsForResourceRequest) []operation.Requirement {
			return s.onTagged(call, "ListTagsForResource", text(in.ResourceARN))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.ListTagsForResourceRequest) (*wire.ListTagsForResourceResponse, error) {
			if resource := text(in.ResourceARN); profile.Taggable(resource) {
				tags, err := s.profiles.Tags(ctx, profileScope(call), resource)
				out := &wire.ListTagsForResourceResponse{Tags: []wire.Tag{}}
				for _, tag := range tags {
					out.Tags = append(out.Tags, wire.Tag{Key: &tag.Key, Value: &tag.Value})
				}
				return out, err
			}
			tags, err := s.guardrails.Tags(ctx, scopeOf(call), text(in.ResourceARN))
			if err != nil {
				return nil, err
			}
			out := &wire.ListTagsForResourceResponse{Tags: make([]wire.Tag, len(tags))}
			for i, tag := range tags {
				out.Tags[i] = wire.Tag{Key: &tag.Key, Value: &tag.Value}
			}
			return out, nil
		}),
	}
}
