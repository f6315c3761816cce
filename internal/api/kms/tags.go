package kms

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) tagOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.TagResource, operation.Write, func(call *operation.Call, in *wire.TagResourceRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "TagResource", in.KeyId, tagged(conditions{}, in.Tags))}
		}, func(ctx context.Context, call *operation.Call, in *wire.TagResourceRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.Tag(ctx, scopeOf(call), text(in.KeyId), tagsOf(in.Tags))
		}),
		serve(wire.UntagResource, operation.Write, func(call *operation.Call, in *wire.UntagResourceRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "UntagResource", in.KeyId, conditions{"aws:TagKeys": in.TagKeys})}
		}, func(ctx context.Context, call *operation.Call, in *wire.UntagResourceRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.Untag(ctx, scopeOf(call), text(in.KeyId), in.TagKeys)
		}),
		serve(wire.ListResourceTags, operation.Read, just(s, "ListResourceTags", func(in *wire.ListResourceTagsRequest) *string { return in.KeyId }),
			s.listResourceTags),
	}
}

func (s service) listResourceTags(ctx context.Context, call *operation.Call, in *wire.ListResourceTagsRequest) (*wire.ListResourceTagsResponse, error) {
	p, err := s.open(call, in.Marker, in.Limit, restPage, "ListResourceTags", text(in.KeyId))
	if err != nil {
		return nil, err
	}
	tags, err := s.keys.Tags(ctx, scopeOf(call), text(in.KeyId))
	if err != nil {
		return nil, err
	}
	// Tags have no sequence: the marker counts those that were given.
	out := &wire.ListResourceTagsResponse{Tags: []wire.Tag{}, Truncated: new(false)}
	for i := int(p.after); i < len(tags); i++ {
		if len(out.Tags) == p.limit {
			out.Truncated, out.NextMarker = new(true), new(s.pages.Seal(p.list, int64(i)))
			break
		}
		out.Tags = append(out.Tags, wire.Tag{TagKey: &tags[i].Key, TagValue: &tags[i].Value})
	}
	return out, nil
}

// tagged adds the condition keys of tags in a request.
func tagged(c conditions, tags []wire.Tag) conditions {
	for _, t := range tags {
		c["aws:RequestTag/"+text(t.TagKey)] = []string{text(t.TagValue)}
		c["aws:TagKeys"] = append(c["aws:TagKeys"], text(t.TagKey))
	}
	return c
}
