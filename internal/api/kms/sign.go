package kms

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) signOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.Sign, operation.Read, func(call *operation.Call, in *wire.SignRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "Sign", in.KeyId, signing(in.SigningAlgorithm, in.MessageType))}
		}, s.sign),
		serve(wire.Verify, operation.Read, func(call *operation.Call, in *wire.VerifyRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "Verify", in.KeyId, signing(in.SigningAlgorithm, in.MessageType))}
		}, s.verify),
		serve(wire.GetPublicKey, operation.Read, just(s, "GetPublicKey", func(in *wire.GetPublicKeyRequest) *string { return in.KeyId }), s.getPublicKey),
		serve(wire.DeriveSharedSecret, operation.Read, func(call *operation.Call, in *wire.DeriveSharedSecretRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "DeriveSharedSecret", in.KeyId, conditions{"kms:KeyAgreementAlgorithm": {text(in.KeyAgreementAlgorithm)}})}
		}, s.deriveSharedSecret),
	}
}

func signing(a *wire.SigningAlgorithmSpec, t *wire.MessageType) conditions {
	return conditions{"kms:SigningAlgorithm": {text(a)}, "kms:MessageType": {string(messageType(t))}}
}

func messageType(t *wire.MessageType) material.MessageType {
	if t == nil {
		return material.Raw
	}
	return material.MessageType(*t)
}

// messageOf reads what is to be signed. EXTERNAL_MU is for ML-DSA keys, which Merlon has not.
func messageOf(data []byte, t *wire.MessageType) (material.Message, error) {
	m := material.Message{Type: messageType(t), Data: data}
	if m.Type != material.Raw && m.Type != material.Digest {
		return m, fault.New(fault.Invalid, "MessageType %s is not supported.", m.Type)
	}
	return m, nil
}

func (s service) sign(ctx context.Context, call *operation.Call, in *wire.SignRequest) (*wire.SignResponse, error) {
	message, err := messageOf(in.Message, in.MessageType)
	if err != nil {
		return nil, err
	}
	key, signature, err := s.keys.Sign(ctx, scopeOf(call), kms.SignInput{
		Use: use(in.KeyId, nil, in.GrantTokens, in.DryRun), Algorithm: domain[material.Algorithm](in.SigningAlgorithm), Message: message,
	})
	if err != nil {
		return nil, err
	}
	return &wire.SignResponse{KeyId: &key, Signature: signature, SigningAlgorithm: in.SigningAlgorithm}, nil
}

func (s service) verify(ctx context.Context, call *operation.Call, in *wire.VerifyRequest) (*wire.VerifyResponse, error) {
	message, err := messageOf(in.Message, in.MessageType)
	if err != nil {
		return nil, err
	}
	key, err := s.keys.Verify(ctx, scopeOf(call), kms.SignInput{
		Use: use(in.KeyId, nil, in.GrantTokens, in.DryRun), Algorithm: domain[material.Algorithm](in.SigningAlgorithm), Message: message,
		Signature: in.Signature,
	})
	if err != nil {
		return nil, err
	}
	return &wire.VerifyResponse{KeyId: &key, SignatureValid: new(true), SigningAlgorithm: in.SigningAlgorithm}, nil
}

func (s service) getPublicKey(ctx context.Context, call *operation.Call, in *wire.GetPublicKeyRequest) (*wire.GetPublicKeyResponse, error) {
	d, public, err := s.keys.PublicKey(ctx, scopeOf(call), use(in.KeyId, nil, in.GrantTokens, nil))
	if err != nil {
		return nil, err
	}
	m := metadata(d)
	return &wire.GetPublicKeyResponse{
		KeyId: m.Arn, PublicKey: public, CustomerMasterKeySpec: m.CustomerMasterKeySpec, KeySpec: m.KeySpec, KeyUsage: m.KeyUsage,
		EncryptionAlgorithms: m.EncryptionAlgorithms, SigningAlgorithms: m.SigningAlgorithms, KeyAgreementAlgorithms: m.KeyAgreementAlgorithms,
	}, nil
}

func (s service) deriveSharedSecret(ctx context.Context, call *operation.Call, in *wire.DeriveSharedSecretRequest) (*wire.DeriveSharedSecretResponse, error) {
	if err := errRecipient(in.Recipient); err != nil {
		return nil, err
	}
	d, shared, err := s.keys.Agree(ctx, scopeOf(call), kms.AgreeInput{Use: use(in.KeyId, nil, in.GrantTokens, in.DryRun), Peer: in.PublicKey})
	if err != nil {
		return nil, err
	}
	return &wire.DeriveSharedSecretResponse{
		KeyId: new(d.ARN()), SharedSecret: shared, KeyAgreementAlgorithm: in.KeyAgreementAlgorithm, KeyOrigin: new(wire.OriginType(d.Origin)),
	}, nil
}
