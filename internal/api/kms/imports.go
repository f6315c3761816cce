package kms

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/keywrap"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) importOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.GetParametersForImport, operation.Read, func(call *operation.Call, in *wire.GetParametersForImportRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GetParametersForImport", in.KeyId, conditions{
				"kms:WrappingAlgorithm": {text(in.WrappingAlgorithm)}, "kms:WrappingKeySpec": {text(in.WrappingKeySpec)},
			})}
		}, func(ctx context.Context, call *operation.Call, in *wire.GetParametersForImportRequest) (*wire.GetParametersForImportResponse, error) {
			p, err := s.keys.ImportParameters(ctx, scopeOf(call), text(in.KeyId), domain[keywrap.Algorithm](in.WrappingAlgorithm), text(in.WrappingKeySpec))
			if err != nil {
				return nil, err
			}
			return &wire.GetParametersForImportResponse{KeyId: &p.KeyARN, ImportToken: p.Token, PublicKey: p.PublicKey, ParametersValidTo: &p.ValidTo}, nil
		}),
		serve(wire.ImportKeyMaterial, operation.Write, func(call *operation.Call, in *wire.ImportKeyMaterialRequest) []operation.Requirement {
			c := conditions{}.set("kms:ExpirationModel", text(in.ExpirationModel))
			if in.ValidTo != nil {
				c.set("kms:ValidTo", in.ValidTo.UTC().Format(time.RFC3339))
			}
			return []operation.Requirement{s.onKey(call, "ImportKeyMaterial", in.KeyId, c)}
		}, s.importKeyMaterial),
		serve(wire.DeleteImportedKeyMaterial, operation.Write,
			just(s, "DeleteImportedKeyMaterial", func(in *wire.DeleteImportedKeyMaterialRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.DeleteImportedKeyMaterialRequest) (*wire.DeleteImportedKeyMaterialResponse, error) {
				key, material, err := s.keys.DeleteImported(ctx, scopeOf(call), text(in.KeyId), text(in.KeyMaterialId))
				return &wire.DeleteImportedKeyMaterialResponse{KeyId: &key, KeyMaterialId: optional[string](material)}, err
			}),
	}
}

func (s service) importKeyMaterial(ctx context.Context, call *operation.Call, in *wire.ImportKeyMaterialRequest) (*wire.ImportKeyMaterialResponse, error) {
	input := kms.ImportInput{
		Key: text(in.KeyId), Token: in.ImportToken, Wrapped: in.EncryptedKeyMaterial,
		Expires: kms.Expiry(text(in.ExpirationModel) != string(wire.ExpirationModelTypeKeyMaterialDoesNotExpire)),
		New:     kms.Novelty(text(in.ImportType) == string(wire.ImportTypeNewKeyMaterial)), Description: text(in.KeyMaterialDescription),
		MaterialID: text(in.KeyMaterialId),
	}
	if in.ValidTo != nil {
		input.ValidTo = *in.ValidTo
	}
	key, material, err := s.keys.Import(ctx, scopeOf(call), input)
	if err != nil {
		return nil, err
	}
	return &wire.ImportKeyMaterialResponse{KeyId: &key, KeyMaterialId: &material}, nil
}
