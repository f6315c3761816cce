package kms

import (
	"context"
	"crypto/rand"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
)

// DataKeyInput asks for a symmetric data key: exactly one of Spec and Bytes is set.
type DataKeyInput struct {
	Use
	Spec  string // AES_256 or AES_128
	Bytes int    // 1 to 1024
}

// DataKey is a fresh data key; who gets it wipes Plaintext.
type DataKey struct {
	Plaintext []byte
	Sealed    Encrypted
}

// GenerateDataKey draws a data key and seals it. operation is the API's name, which differs where the plaintext is not given out.
func (s *Service) GenerateDataKey(ctx context.Context, scope Scope, in DataKeyInput, operation string) (DataKey, error) {
	size := in.Bytes
	switch {
	case (in.Spec == "") == (in.Bytes == 0):
		return DataKey{}, fault.New(fault.Invalid, "Please specify either number of bytes or key spec.")
	case in.Spec == "AES_256":
		size = 32
	case in.Spec == "AES_128":
		size = 16
	case in.Spec != "":
		return DataKey{}, fault.New(fault.Invalid, "Unknown data key spec %s.", in.Spec)
	}
	h, err := s.usableSymmetric(ctx, scope, in.Use, operation)
	if err != nil {
		return DataKey{}, err
	}
	key := DataKey{Plaintext: make([]byte, size)}
	rand.Read(key.Plaintext)
	if key.Sealed, err = h.sealed(key.Plaintext, in.Use); err != nil {
		envelope.Zero(key.Plaintext)
		return DataKey{}, err
	}
	return key, nil
}

// sealed seals what a call has drawn, or says that it would.
func (h *held) sealed(plaintext []byte, u Use) (Encrypted, error) {
	if u.DryRun {
		return Encrypted{}, errDryRun()
	}
	id, ciphertext, err := h.seal(plaintext, u.EncryptionContext)
	return Encrypted{KeyARN: h.arn, MaterialID: id, Algorithm: material.SymmetricDefault, Ciphertext: ciphertext}, err
}

func (s *Service) usableSymmetric(ctx context.Context, scope Scope, u Use, operation string) (*held, error) {
	h, err := s.usable(ctx, scope, u, operation, material.EncryptDecrypt, "")
	if err != nil {
		return nil, err
	}
	if h.Spec != material.Symmetric {
		return nil, refuse(fault.Invalid, InvalidUsage, "%s key spec is %s which is not valid for %s.", h.arn, h.Spec, operation)
	}
	return h, nil
}

// DataKeyPairInput asks for an asymmetric data key pair.
type DataKeyPairInput struct {
	Use
	Spec material.Spec
}

// DataKeyPair is a fresh pair in DER; who gets it wipes Private.
type DataKeyPair struct {
	Private []byte // PKCS #8
	Public  []byte // SubjectPublicKeyInfo
	Sealed  Encrypted
}

// GenerateDataKeyPair draws a key pair and seals its private key.
func (s *Service) GenerateDataKeyPair(ctx context.Context, scope Scope, in DataKeyPairInput, operation string) (DataKeyPair, error) {
	if !in.Spec.Asymmetric() {
		return DataKeyPair{}, refuse(fault.Invalid, Unsupported, "KeyPairSpec %s is not supported.", in.Spec)
	}
	h, err := s.usableSymmetric(ctx, scope, in.Use, operation)
	if err != nil {
		return DataKeyPair{}, err
	}
	if in.DryRun {
		return DataKeyPair{}, errDryRun()
	}
	var pair DataKeyPair
	if pair.Private, pair.Public, err = material.NewPair(in.Spec); err != nil {
		return DataKeyPair{}, err
	}
	if pair.Sealed, err = h.sealed(pair.Private, in.Use); err != nil {
		envelope.Zero(pair.Private)
		return DataKeyPair{}, err
	}
	return pair, nil
}

// maxRandom is the most that GenerateRandom gives, in bytes.
const maxRandom = 1024

// GenerateRandom gives n random bytes, 1 to 1024.
func (s *Service) GenerateRandom(n int) ([]byte, error) {
	if n < 1 || n > maxRandom {
		return nil, fault.New(fault.Invalid, "NumberOfBytes must be between 1 and %d.", maxRandom)
	}
	out := make([]byte, n)
	rand.Read(out)
	return out, nil
}
