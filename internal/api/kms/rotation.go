package kms

import (
	"context"
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) rotationOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.EnableKeyRotation, operation.Write, func(call *operation.Call, in *wire.EnableKeyRotationRequest) []operation.Requirement {
			c := conditions{}
			if in.RotationPeriodInDays != nil {
				c.set("kms:RotationPeriodInDays", strconv.Itoa(number(in.RotationPeriodInDays)))
			}
			return []operation.Requirement{s.onKey(call, "EnableKeyRotation", in.KeyId, c)}
		}, func(ctx context.Context, call *operation.Call, in *wire.EnableKeyRotationRequest) (*codec.Empty, error) {
			return new(codec.Empty), s.keys.EnableRotation(ctx, scopeOf(call), text(in.KeyId), number(in.RotationPeriodInDays))
		}),
		serve(wire.DisableKeyRotation, operation.Write, just(s, "DisableKeyRotation", func(in *wire.DisableKeyRotationRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.DisableKeyRotationRequest) (*codec.Empty, error) {
				return new(codec.Empty), s.keys.DisableRotation(ctx, scopeOf(call), text(in.KeyId))
			}),
		serve(wire.GetKeyRotationStatus, operation.Read, just(s, "GetKeyRotationStatus", func(in *wire.GetKeyRotationStatusRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.GetKeyRotationStatusRequest) (*wire.GetKeyRotationStatusResponse, error) {
				d, err := s.keys.RotationStatus(ctx, scopeOf(call), text(in.KeyId))
				if err != nil {
					return nil, err
				}
				out := &wire.GetKeyRotationStatusResponse{KeyId: new(d.ARN()), KeyRotationEnabled: &d.Rotates}
				if d.Rotates {
					out.RotationPeriodInDays, out.NextRotationDate = new(int32(d.Period)), &d.NextRotation
				}
				return out, nil
			}),
		serve(wire.RotateKeyOnDemand, operation.Write, just(s, "RotateKeyOnDemand", func(in *wire.RotateKeyOnDemandRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.RotateKeyOnDemandRequest) (*wire.RotateKeyOnDemandResponse, error) {
				key, err := s.keys.RotateOnDemand(ctx, scopeOf(call), text(in.KeyId))
				return &wire.RotateKeyOnDemandResponse{KeyId: &key}, err
			}),
		serve(wire.ListKeyRotations, operation.Read, just(s, "ListKeyRotations", func(in *wire.ListKeyRotationsRequest) *string { return in.KeyId }),
			s.listKeyRotations),
	}
}

func (s service) listKeyRotations(ctx context.Context, call *operation.Call, in *wire.ListKeyRotationsRequest) (*wire.ListKeyRotationsResponse, error) {
	p, err := s.open(call, in.Marker, in.Limit, keysPage, "ListKeyRotations", text(in.KeyId), text(in.IncludeKeyMaterial))
	if err != nil {
		return nil, err
	}
	all := text(in.IncludeKeyMaterial) == string(wire.IncludeKeyMaterialAllKeyMaterial)
	key, materials, err := s.keys.Rotations(ctx, scopeOf(call), text(in.KeyId), kms.Completeness(all), p.after, p.limit+1)
	if err != nil {
		return nil, err
	}
	out := &wire.ListKeyRotationsResponse{Rotations: []wire.RotationsListEntry{}}
	materials, out.NextMarker, out.Truncated = cut(s, p, materials, func(m kms.Material) int64 { return m.Sequence })
	for _, m := range materials {
		entry := wire.RotationsListEntry{
			KeyId: &key, KeyMaterialId: &m.ID, KeyMaterialDescription: optional[string](m.Description),
			KeyMaterialState: new(wire.KeyMaterialState(m.State)), ValidTo: moment(m.ValidTo), RotationDate: moment(m.RotatedAt),
			RotationType: optional[wire.RotationType](m.Rotation),
		}
		if m.Print != nil { // imported
			entry.ImportState, entry.ExpirationModel = new(wire.ImportStateImported), new(expirationOf(m.ValidTo))
			if m.Wrapped == nil {
				entry.ImportState, entry.ExpirationModel = new(wire.ImportStatePendingImport), nil
			}
		}
		out.Rotations = append(out.Rotations, entry)
	}
	return out, nil
}
