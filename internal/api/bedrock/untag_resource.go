package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) untagResource() operation.Operation {
	return operation.Operation{
		Schema: wire.UntagResource, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.UntagResourceRequest) []operation.Requirement {
			needed := s.onTagged(call, "UntagResource", text(in.ResourceARN))
			needed[0].Context = map[string][]string{"aws:TagKeys": in.TagKeys}
			return needed
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.UntagResourceRequest) (*wire.UntagResourceResponse, error) {
			if resource := text(in.ResourceARN); profile.Taggable(resource) {
				return &wire.UntagResourceResponse{}, s.profiles.Untag(ctx, profileScope(call), resource, in.TagKeys)
			}
			return &wire.UntagResourceResponse{}, s.guardrails.Untag(ctx, scopeOf(call), text(in.ResourceARN), in.TagKeys)
		}),
	}
}
