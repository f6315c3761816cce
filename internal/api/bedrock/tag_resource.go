package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) tagResource() operation.Operation {
	return operation.Operation{
		Schema: wire.TagResource, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.TagResourceRequest) []operation.Requirement {
			needed := s.onTagged(call, "TagResource", text(in.ResourceARN))
			needed[0].Context = tagging(in.Tags)
			return needed
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.TagResourceRequest) (*wire.TagResourceResponse, error) {
			if resource := text(in.ResourceARN); profile.Taggable(resource) {
				return &wire.TagResourceResponse{}, s.profiles.Tag(ctx, profileScope(call), resource, each(in.Tags, profileTag))
			}
			return &wire.TagResourceResponse{}, s.guardrails.Tag(ctx, scopeOf(call), text(in.ResourceARN), tagsOf(in.Tags))
		}),
	}
}

func tagsOf(in []wire.Tag) []guardrail.Tag {
	tags := make([]guardrail.Tag, len(in))
	for i, tag := range in {
		tags[i] = guardrail.Tag{Key: text(tag.Key), Value: text(tag.Value)}
	}
	return tags
}
