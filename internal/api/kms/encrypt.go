package kms

import (
	"context"
	"strconv"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) encryptOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.Encrypt, operation.Read, func(call *operation.Call, in *wire.EncryptRequest) []operation.Requirement {
			return []operation.Requirement{s.onKey(call, "Encrypt", in.KeyId, contextual(in.EncryptionContext, algorithm(in.EncryptionAlgorithm)))}
		}, s.encrypt),
		serve(wire.Decrypt, operation.Read, func(call *operation.Call, in *wire.DecryptRequest) []operation.Requirement {
			return []operation.Requirement{s.onSealedBy(call, "Decrypt", in.KeyId, in.CiphertextBlob, contextual(in.EncryptionContext, algorithm(in.EncryptionAlgorithm)))}
		}, s.decrypt),
		serve(wire.ReEncrypt, operation.Read, s.requireReEncrypt, s.reEncrypt),
	}
}

// algorithm gives the condition key of an encryption algorithm.
func algorithm(a *wire.EncryptionAlgorithmSpec) conditions {
	if a == nil {
		a = new(wire.EncryptionAlgorithmSpecSymmetricDefault)
	}
	return conditions{"kms:EncryptionAlgorithm": {string(*a)}}
}

// onSealedBy is onKey for the key of a ciphertext: the one that the caller gives, or the one in it. Where neither is there, the handler
// refuses. A ciphertext tells nobody whose key it was sealed with.
func (s service) onSealedBy(call *operation.Call, action string, named *string, ciphertext []byte, more conditions) operation.Requirement {
	if named != nil {
		return s.onKey(call, action, named, more)
	}
	key, err := s.keys.CiphertextKey(context.Background(), call.Region, ciphertext)
	if err != nil {
		key = scopeOf(call).ARN("*")
	}
	r := s.onKey(call, action, &key, more)
	if r.Absent != nil {
		r.Absent = kms.HiddenKey()
	}
	return r
}

func (s service) encrypt(ctx context.Context, call *operation.Call, in *wire.EncryptRequest) (*wire.EncryptResponse, error) {
	sealed, err := s.keys.Encrypt(ctx, scopeOf(call), kms.EncryptInput{
		Use:       use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun),
		Algorithm: domain[material.Algorithm](in.EncryptionAlgorithm), Plaintext: in.Plaintext,
	})
	if err != nil {
		return nil, err
	}
	return &wire.EncryptResponse{
		CiphertextBlob: sealed.Ciphertext, KeyId: &sealed.KeyARN, EncryptionAlgorithm: new(wire.EncryptionAlgorithmSpec(sealed.Algorithm)),
	}, nil
}

// errRecipient refuses to seal answers for an enclave, whose attestation Merlon cannot verify.
func errRecipient(r *wire.RecipientInfo) error {
	if r == nil {
		return nil
	}
	return fault.New(fault.Invalid, "The Recipient parameter is not supported.")
}

func errModifiers(m []wire.DryRunModifierType) error {
	if len(m) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "The DryRunModifiers parameter is not supported.")
}

func (s service) decrypt(ctx context.Context, call *operation.Call, in *wire.DecryptRequest) (*wire.DecryptResponse, error) {
	if err := errRecipient(in.Recipient); err != nil {
		return nil, err
	}
	if err := errModifiers(in.DryRunModifiers); err != nil {
		return nil, err
	}
	if len(in.CiphertextBlob) == 0 {
		return nil, fault.New(fault.Invalid, "CiphertextBlob is required.")
	}
	opened, err := s.keys.Decrypt(ctx, scopeOf(call), kms.DecryptInput{
		Use:       use(in.KeyId, in.EncryptionContext, in.GrantTokens, in.DryRun),
		Algorithm: domain[material.Algorithm](in.EncryptionAlgorithm), Ciphertext: in.CiphertextBlob,
	})
	if err != nil {
		return nil, err
	}
	return &wire.DecryptResponse{
		KeyId: &opened.KeyARN, Plaintext: opened.Plaintext, EncryptionAlgorithm: new(wire.EncryptionAlgorithmSpec(opened.Algorithm)),
		KeyMaterialId: optional[string](opened.MaterialID),
	}, nil
}

// requireReEncrypt asks for both sides, each in its own context.
func (s service) requireReEncrypt(call *operation.Call, in *wire.ReEncryptRequest) []operation.Requirement {
	from := s.onSealedBy(call, "ReEncryptFrom", in.SourceKeyId, in.CiphertextBlob, contextual(in.SourceEncryptionContext, algorithm(in.SourceEncryptionAlgorithm)))
	to := s.onKey(call, "ReEncryptTo", in.DestinationKeyId, contextual(in.DestinationEncryptionContext, algorithm(in.DestinationEncryptionAlgorithm)))
	same := []string{strconv.FormatBool(from.Resource == to.Resource)}
	from.Context["kms:ReEncryptOnSameKey"], to.Context["kms:ReEncryptOnSameKey"] = same, same
	return []operation.Requirement{from, to}
}

func (s service) reEncrypt(ctx context.Context, call *operation.Call, in *wire.ReEncryptRequest) (*wire.ReEncryptResponse, error) {
	if err := errModifiers(in.DryRunModifiers); err != nil {
		return nil, err
	}
	if len(in.CiphertextBlob) == 0 {
		return nil, fault.New(fault.Invalid, "CiphertextBlob is required.")
	}
	moved, err := s.keys.ReEncrypt(ctx, scopeOf(call), kms.ReEncryptInput{
		Ciphertext:      in.CiphertextBlob,
		Source:          use(in.SourceKeyId, in.SourceEncryptionContext, in.GrantTokens, in.DryRun),
		SourceAlgorithm: domain[material.Algorithm](in.SourceEncryptionAlgorithm),
		Destination:     use(in.DestinationKeyId, in.DestinationEncryptionContext, nil, nil), DestinationAlgorithm: domain[material.Algorithm](in.DestinationEncryptionAlgorithm),
	})
	if err != nil {
		return nil, err
	}
	return &wire.ReEncryptResponse{
		CiphertextBlob: moved.To.Ciphertext, SourceKeyId: &moved.From.KeyARN, KeyId: &moved.To.KeyARN,
		SourceEncryptionAlgorithm:      new(wire.EncryptionAlgorithmSpec(moved.From.Algorithm)),
		DestinationEncryptionAlgorithm: new(wire.EncryptionAlgorithmSpec(moved.To.Algorithm)),
		SourceKeyMaterialId:            optional[string](moved.From.MaterialID), DestinationKeyMaterialId: optional[string](moved.To.MaterialID),
	}, nil
}
