package kms

import (
	"context"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) dataKeyOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.GenerateDataKey, operation.Read, func(call *operation.Call, in *wire.GenerateDataKeyRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GenerateDataKey", in.KeyId, contextual(in.EncryptionContext, algorithm(nil)))}
		}, s.generateDataKey),
		serve(wire.GenerateDataKeyWithoutPlaintext, operation.Read, func(call *operation.Call, in *wire.GenerateDataKeyWithoutPlaintextRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GenerateDataKeyWithoutPlaintext", in.KeyId, contextual(in.EncryptionContext, algorithm(nil)))}
		}, s.generateDataKeyWithoutPlaintext),
		serve(wire.GenerateDataKeyPair, operation.Read, func(call *operation.Call, in *wire.GenerateDataKeyPairRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GenerateDataKeyPair", in.KeyId, pairConditions(in.EncryptionContext, in.KeyPairSpec))}
		}, s.generateDataKeyPair),
		serve(wire.GenerateDataKeyPairWithoutPlaintext, operation.Read, func(call *operation.Call, in *wire.GenerateDataKeyPairWithoutPlaintextRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "GenerateDataKeyPairWithoutPlaintext", in.KeyId, pairConditions(in.EncryptionContext, in.KeyPairSpec))}
		}, s.generateDataKeyPairWithoutPlaintext),
		serve(wire.GenerateRandom, operation.Read, func(call *operation.Call, _ *wire.GenerateRandomRequest) []operation.Requirement {
			return onAll(call, "GenerateRandom", nil)
		}, s.generateRandom),
	}
}

func pairConditions(pairs map[string]string, spec *wire.DataKeyPairSpec) conditions {
	return contextual(pairs, algorithm(nil).set("kms:DataKeyPairSpec", text(spec)))
}

func (s service) generateDataKey(ctx context.Context, call *operation.Call, in *wire.GenerateDataKeyRequest) (*wire.GenerateDataKeyResponse, error) {
	if err := errRecipient(in.Recipient); err != nil {
		return nil, err
	}
	key, err := s.keys.GenerateDataKey(ctx, scopeOf(call), kms.DataKeyInput{
		Use: use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun), Spec: text(in.KeySpec), Bytes: number(in.NumberOfBytes),
	}, "GenerateDataKey")
	if err != nil {
		return nil, err
	}
	return &wire.GenerateDataKeyResponse{
		CiphertextBlob: key.Sealed.Ciphertext, Plaintext: key.Plaintext, KeyId: &key.Sealed.KeyARN, KeyMaterialId: &key.Sealed.MaterialID,
	}, nil
}

func (s service) generateDataKeyWithoutPlaintext(ctx context.Context, call *operation.Call, in *wire.GenerateDataKeyWithoutPlaintextRequest) (*wire.GenerateDataKeyWithoutPlaintextResponse, error) {
	key, err := s.keys.GenerateDataKey(ctx, scopeOf(call), kms.DataKeyInput{
		Use: use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun), Spec: text(in.KeySpec), Bytes: number(in.NumberOfBytes),
	}, "GenerateDataKeyWithoutPlaintext")
	if err != nil {
		return nil, err
	}
	envelope.Zero(key.Plaintext)
	return &wire.GenerateDataKeyWithoutPlaintextResponse{
		CiphertextBlob: key.Sealed.Ciphertext, KeyId: &key.Sealed.KeyARN, KeyMaterialId: &key.Sealed.MaterialID,
	}, nil
}

func (s service) generateDataKeyPair(ctx context.Context, call *operation.Call, in *wire.GenerateDataKeyPairRequest) (*wire.GenerateDataKeyPairResponse, error) {
	if err := errRecipient(in.Recipient); err != nil {
		return nil, err
	}
	pair, err := s.keys.GenerateDataKeyPair(ctx, scopeOf(call), kms.DataKeyPairInput{
		Use: use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun), Spec: domain[material.Spec](in.KeyPairSpec),
	}, "GenerateDataKeyPair")
	if err != nil {
		return nil, err
	}
	return &wire.GenerateDataKeyPairResponse{
		PrivateKeyCiphertextBlob: pair.Sealed.Ciphertext, PrivateKeyPlaintext: pair.Private, PublicKey: pair.Public,
		KeyId: &pair.Sealed.KeyARN, KeyPairSpec: in.KeyPairSpec, KeyMaterialId: &pair.Sealed.MaterialID,
	}, nil
}

func (s service) generateDataKeyPairWithoutPlaintext(ctx context.Context, call *operation.Call, in *wire.GenerateDataKeyPairWithoutPlaintextRequest) (*wire.GenerateDataKeyPairWithoutPlaintextResponse, error) {
	pair, err := s.keys.GenerateDataKeyPair(ctx, scopeOf(call), kms.DataKeyPairInput{
		Use: use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun), Spec: domain[material.Spec](in.KeyPairSpec),
	}, "GenerateDataKeyPairWithoutPlaintext")
	if err != nil {
		return nil, err
	}
	envelope.Zero(pair.Private)
	return &wire.GenerateDataKeyPairWithoutPlaintextResponse{
		PrivateKeyCiphertextBlob: pair.Sealed.Ciphertext, PublicKey: pair.Public, KeyId: &pair.Sealed.KeyARN, KeyPairSpec: in.KeyPairSpec,
		KeyMaterialId: &pair.Sealed.MaterialID,
	}, nil
}

func (s service) generateRandom(_ context.Context, _ *operation.Call, in *wire.GenerateRandomRequest) (*wire.GenerateRandomResponse, error) {
	switch {
	case in.CustomKeyStoreId != nil:
		return nil, &fault.Error{Kind: fault.Invalid, Code: "UnsupportedOperationException", Message: "Custom key stores are not supported."}
	case in.NumberOfBytes == nil:
		return nil, fault.New(fault.Invalid, "NumberOfBytes is required.")
	}
	if err := errRecipient(in.Recipient); err != nil {
		return nil, err
	}
	random, err := s.keys.GenerateRandom(number(in.NumberOfBytes))
	if err != nil {
		return nil, err
	}
	return &wire.GenerateRandomResponse{Plaintext: random}, nil
}
