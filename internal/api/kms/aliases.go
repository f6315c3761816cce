package kms

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) aliasOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.CreateAlias, operation.Write, func(call *operation.Call, in *wire.CreateAliasRequest) []operation.Requirement {
			return s.onAlias(call, "CreateAlias", in.AliasName, in.TargetKeyId)
		}, func(ctx context.Context, call *operation.Call, in *wire.CreateAliasRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.CreateAlias(ctx, scopeOf(call), text(in.AliasName), text(in.TargetKeyId))
		}),
		serve(wire.UpdateAlias, operation.Write, func(call *operation.Call, in *wire.UpdateAliasRequest) []operation.Requirement {
			return s.onAlias(call, "UpdateAlias", in.AliasName, in.AliasName, in.TargetKeyId)
		}, func(ctx context.Context, call *operation.Call, in *wire.UpdateAliasRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.UpdateAlias(ctx, scopeOf(call), text(in.AliasName), text(in.TargetKeyId))
		}),
		serve(wire.DeleteAlias, operation.Write, func(call *operation.Call, in *wire.DeleteAliasRequest) []operation.Requirement {
			return s.onAlias(call, "DeleteAlias", in.AliasName, in.AliasName)
		}, func(ctx context.Context, call *operation.Call, in *wire.DeleteAliasRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.DeleteAlias(ctx, scopeOf(call), text(in.AliasName))
		}),
		serve(wire.ListAliases, operation.Read, func(call *operation.Call, _ *wire.ListAliasesRequest) []operation.Requirement {
			return onAll(call, "ListAliases", nil)
		}, s.listAliases),
	}
}

// onAlias asks for an action on an alias and on every key that is concerned.
func (s service) onAlias(call *operation.Call, action string, alias *string, keys ...*string) []operation.Requirement {
	needed := []operation.Requirement{{
		Action: "kms:" + action, Resource: scopeOf(call).AliasARN(text(alias)), Context: conditions{"kms:CallerAccount": {call.Account}},
	}}
	for _, key := range keys {
		needed = append(needed, s.onKey(call, action, key, nil))
	}
	return needed
}

func (s service) listAliases(ctx context.Context, call *operation.Call, in *wire.ListAliasesRequest) (*wire.ListAliasesResponse, error) {
	p, err := s.open(call, in.Marker, in.Limit, restPage, "ListAliases", text(in.KeyId))
	if err != nil {
		return nil, err
	}
	aliases, err := s.keys.Aliases(ctx, scopeOf(call), text(in.KeyId), p.after, p.limit+1)
	if err != nil {
		return nil, err
	}
	out := &wire.ListAliasesResponse{Aliases: []wire.AliasListEntry{}}
	aliases, out.NextMarker, out.Truncated = cut(s, p, aliases, func(a kms.Alias) int64 { return a.Sequence })
	for _, a := range aliases {
		out.Aliases = append(out.Aliases, wire.AliasListEntry{
			AliasName: &a.Name, AliasArn: new(a.ARN()), TargetKeyId: &a.KeyID, CreationDate: &a.CreatedAt, LastUpdatedDate: &a.UpdatedAt,
		})
	}
	return out, nil
}
