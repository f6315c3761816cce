package kms

import (
	"context"
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

// The sizes of pages where the caller names none, from the API reference.
const (
	keysPage = 100
	restPage = 50
)

func (s service) keyOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.CreateKey, operation.Write, s.requireCreateKey, s.createKey),
		serve(wire.DescribeKey, operation.Read, just(s, "DescribeKey", func(in *wire.DescribeKeyRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.DescribeKeyRequest) (*wire.DescribeKeyResponse, error) {
				d, err := s.keys.Describe(ctx, scopeOf(call), text(in.KeyId))
				if err != nil {
					return nil, err
				}
				return &wire.DescribeKeyResponse{KeyMetadata: metadata(d)}, nil
			}),
		serve(wire.ListKeys, operation.Read, func(call *operation.Call, _ *wire.ListKeysRequest) []operation.Requirement {
			return onAll(call, "ListKeys", nil)
		}, s.listKeys),
		serve(wire.UpdateKeyDescription, operation.Write,
			just(s, "UpdateKeyDescription", func(in *wire.UpdateKeyDescriptionRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.UpdateKeyDescriptionRequest) (*codec.Empty, error) {
				return new(codec.Empty), s.keys.Redescribe(ctx, scopeOf(call), text(in.KeyId), text(in.Description))
			}),
		serve(wire.EnableKey, operation.Write, just(s, "EnableKey", func(in *wire.EnableKeyRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.EnableKeyRequest) (*codec.Empty, error) {
				return new(codec.Empty), s.keys.Enable(ctx, scopeOf(call), text(in.KeyId))
			}),
		serve(wire.DisableKey, operation.Write, just(s, "DisableKey", func(in *wire.DisableKeyRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.DisableKeyRequest) (*codec.Empty, error) {
				return new(codec.Empty), s.keys.Disable(ctx, scopeOf(call), text(in.KeyId))
			}),
	}
}

// requireCreateKey asks for the tags too: they decide what others may do with the key.
func (s service) requireCreateKey(call *operation.Call, in *wire.CreateKeyRequest) []operation.Requirement {
	c := conditions{"kms:BypassPolicyLockoutSafetyCheck": {strconv.FormatBool(truth(in.BypassPolicyLockoutSafetyCheck))}}
	spec := specOf(in)
	if spec == "" {
		spec = material.Symmetric
	}
	c.set("kms:KeySpec", string(spec)).set("kms:KeyUsage", text(in.KeyUsage)).set("kms:KeyOrigin", text(in.Origin))
	c.set("kms:MultiRegion", strconv.FormatBool(truth(in.MultiRegion)))
	if in.KeyUsage == nil {
		c.set("kms:KeyUsage", string(material.EncryptDecrypt))
	}
	if in.Origin == nil {
		c.set("kms:KeyOrigin", string(kms.OriginKMS))
	}
	tagged(c, in.Tags)
	needed := onAll(call, "CreateKey", c)
	if len(in.Tags) > 0 {
		needed = append(needed, onAll(call, "TagResource", c)...)
	}
	return needed
}

// specOf reads the spec from its present or its former member.
func specOf(in *wire.CreateKeyRequest) material.Spec {
	if in.KeySpec != nil {
		return material.Spec(*in.KeySpec)
	}
	return domain[material.Spec](in.CustomerMasterKeySpec)
}

func (s service) createKey(ctx context.Context, call *operation.Call, in *wire.CreateKeyRequest) (*wire.CreateKeyResponse, error) {
	switch {
	case in.CustomKeyStoreId != nil, in.XksKeyId != nil:
		return nil, &fault.Error{Kind: fault.Invalid, Code: "UnsupportedOperationException", Message: "Custom key stores are not supported."}
	case in.KeySpec != nil && in.CustomerMasterKeySpec != nil:
		return nil, fault.New(fault.Invalid, "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.")
	}
	d, err := s.keys.Create(ctx, scopeOf(call), kms.CreateInput{
		Spec: specOf(in), Usage: domain[material.Usage](in.KeyUsage), Origin: domain[kms.Origin](in.Origin), Description: text(in.Description),
		Policy: text(in.Policy), Tags: tagsOf(in.Tags), MultiRegion: truth(in.MultiRegion), Caller: principalOf(call),
		Bypass: kms.Bypass(truth(in.BypassPolicyLockoutSafetyCheck)),
	})
	if err != nil {
		return nil, err
	}
	return &wire.CreateKeyResponse{KeyMetadata: metadata(d)}, nil
}

func (s service) listKeys(ctx context.Context, call *operation.Call, in *wire.ListKeysRequest) (*wire.ListKeysResponse, error) {
	for _, owner := range in.ResourceOwners {
		if owner != wire.ResourceOwnerTypeSelf {
			return nil, fault.New(fault.Invalid, "ResourceOwners other than SELF are not supported.")
		}
	}
	p, err := s.open(call, in.Marker, in.Limit, keysPage, "ListKeys")
	if err != nil {
		return nil, err
	}
	keys, err := s.keys.List(ctx, scopeOf(call), p.after, p.limit+1)
	if err != nil {
		return nil, err
	}
	out := &wire.ListKeysResponse{Keys: []wire.KeyListEntry{}}
	keys, out.NextMarker, out.Truncated = cut(s, p, keys, func(k kms.Key) int64 { return k.Sequence })
	for _, k := range keys {
		out.Keys = append(out.Keys, wire.KeyListEntry{KeyId: &k.ID, KeyArn: new(k.ARN())})
	}
	return out, nil
}
