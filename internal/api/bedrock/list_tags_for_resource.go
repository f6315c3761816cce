package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) listTagsForResource() operation.Operation {
	return operation.Operation{
		Schema: wire.ListTagsForResource, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.ListTagsForResourceRequest) []operation.Requirement {
			return s.onResource(call, "ListTagsForResource", text(in.ResourceARN))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.ListTagsForResourceRequest) (*wire.ListTagsForResourceResponse, error) {
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
