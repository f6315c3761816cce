package kms

import (
	"context"
	"errors"
	"slices"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
)

// Use is what all calls that use key material have.
type Use struct {
	KeyID             string // key id, key ARN, alias name or alias ARN
	EncryptionContext map[string]string
	GrantTokens       []string
	// DryRun runs every check and does nothing: where all is well, the answer is a fault of reason DryRun.
	DryRun DryRunMode
}

// DryRunMode says whether a call only asks whether it would succeed.
type DryRunMode bool

// maxContext is the largest encryption context, in bytes of names and values. KMS's own limit is not published; grants limit theirs.
const maxContext = 8192

// check refuses what no key could do.
func (s *Service) check(ctx context.Context, u Use) error {
	size := 0
	for name, value := range u.EncryptionContext {
		size += len(name) + len(value)
	}
	if size > maxContext {
		return fault.New(fault.Invalid, "The encryption context is larger than %d bytes.", maxContext)
	}
	for _, token := range u.GrantTokens {
		if _, err := s.openToken(ctx, token); err != nil {
			return err
		}
	}
	return nil
}

// usable gives the key of a call if it is for usage, can do algorithm and is in a state to be used. operation is the API's name.
func (s *Service) usable(ctx context.Context, scope Scope, u Use, operation string, usage material.Usage, algorithm material.Algorithm) (*held, error) {
	if err := s.check(ctx, u); err != nil {
		return nil, err
	}
	h, err := s.find(ctx, scope, u.KeyID)
	if err != nil {
		return nil, err
	}
	if err := h.must(toUse, s.now()); err != nil {
		return nil, err
	}
	if h.Usage != usage {
		return nil, refuse(fault.Invalid, InvalidUsage, "%s key usage is %s which is not valid for %s.", h.arn, h.Usage, operation)
	}
	if algorithm != "" && !slices.Contains(h.Spec.Algorithms(usage), algorithm) {
		return nil, refuse(fault.Invalid, InvalidUsage, "Algorithm %s is incompatible with key spec %s.", algorithm, h.Spec)
	}
	return h, nil
}

// current gives a usable key's current material as what the caller needs it to be.
func currentAs[M material.Material](h *held) (M, *heldMaterial, error) {
	var none M
	m := h.current()
	if m == nil {
		return none, nil, errors.New("a usable key has no current material")
	}
	able, ok := m.open.(M)
	if !ok {
		return none, nil, errors.New("the material is not for the key's usage")
	}
	return able, m, nil
}

// EncryptInput is a plaintext to be sealed.
type EncryptInput struct {
	Use
	Algorithm material.Algorithm // default SymmetricDefault
	Plaintext []byte             // at most 4,096 bytes, fewer for RSA
}

// Encrypted is a sealed plaintext.
type Encrypted struct {
	KeyARN     string
	MaterialID string // of symmetric keys
	Algorithm  material.Algorithm
	Ciphertext []byte
}

// Encrypt seals a plaintext.
func (s *Service) Encrypt(ctx context.Context, scope Scope, in EncryptInput) (Encrypted, error) {
	sealed, err := s.encrypt(ctx, scope, in, "Encrypt")
	if err == nil && bool(in.DryRun) {
		err = errDryRun()
	}
	if err != nil {
		return Encrypted{}, err
	}
	return sealed, nil
}

func (s *Service) encrypt(ctx context.Context, scope Scope, in EncryptInput, operation string) (Encrypted, error) {
	if in.Algorithm == "" {
		in.Algorithm = material.SymmetricDefault
	}
	h, err := s.usable(ctx, scope, in.Use, operation, material.EncryptDecrypt, in.Algorithm)
	if err != nil {
		return Encrypted{}, err
	}
	out := Encrypted{KeyARN: h.arn, Algorithm: in.Algorithm}
	if h.Spec == material.Symmetric {
		out.MaterialID, out.Ciphertext, err = h.seal(in.Plaintext, in.EncryptionContext)
		return out, err
	}
	if len(in.EncryptionContext) > 0 {
		return Encrypted{}, fault.New(fault.Invalid, "An encryption context is only for symmetric encryption keys.")
	}
	m, _, err := currentAs[material.Crypter](h)
	if err != nil {
		return Encrypted{}, err
	}
	out.Ciphertext, err = m.Encrypt(in.Algorithm, in.Plaintext, nil)
	return out, err
}

// DecryptInput is a ciphertext to be opened.
type DecryptInput struct {
	Use        // KeyID is only needed for asymmetric keys
	Algorithm  material.Algorithm
	Ciphertext []byte
}

// Decrypted is an opened ciphertext; who gets it wipes Plaintext.
type Decrypted struct {
	KeyARN     string
	MaterialID string // of symmetric keys
	Algorithm  material.Algorithm
	Plaintext  []byte
}

// Decrypt opens a ciphertext. What does not open gives a fault of reason InvalidCiphertext that does not say why.
func (s *Service) Decrypt(ctx context.Context, scope Scope, in DecryptInput) (Decrypted, error) {
	opened, err := s.decrypt(ctx, scope, in)
	if err == nil && bool(in.DryRun) {
		envelope.Zero(opened.Plaintext)
		err = errDryRun()
	}
	if err != nil {
		return Decrypted{}, err
	}
	return opened, nil
}

func (s *Service) decrypt(ctx context.Context, scope Scope, in DecryptInput) (Decrypted, error) {
	if err := s.check(ctx, in.Use); err != nil {
		return Decrypted{}, err
	}
	if in.Algorithm == "" || in.Algorithm == material.SymmetricDefault {
		return s.decryptSymmetric(ctx, scope, in)
	}
	if in.KeyID == "" {
		return Decrypted{}, fault.New(fault.Invalid, "KeyId is required with the algorithm %s.", in.Algorithm)
	}
	h, err := s.usable(ctx, scope, in.Use, "Decrypt", material.EncryptDecrypt, in.Algorithm)
	if err != nil {
		return Decrypted{}, err
	}
	m, _, err := currentAs[material.Crypter](h)
	if err != nil {
		return Decrypted{}, err
	}
	plaintext, err := m.Decrypt(in.Algorithm, in.Ciphertext, nil)
	if errors.Is(err, envelope.ErrOpen) {
		err = errCiphertext()
	}
	return Decrypted{KeyARN: h.arn, Algorithm: in.Algorithm, Plaintext: plaintext}, err
}

func (s *Service) decryptSymmetric(ctx context.Context, scope Scope, in DecryptInput) (Decrypted, error) {
	b, err := parseBlob(in.Ciphertext)
	if in.KeyID != "" {
		named, findErr := s.find(ctx, scope, in.KeyID)
		if findErr != nil {
			return Decrypted{}, findErr
		}
		if named.Spec != material.Symmetric || err == nil && named.ID != b.keyID {
			return Decrypted{}, errIncorrectKey()
		}
	}
	if err != nil {
		return Decrypted{}, err
	}
	h, err := s.key(ctx, scope.Region, b.keyID)
	if errors.Is(err, ErrNoRow) {
		return Decrypted{}, HiddenKey()
	}
	if err != nil {
		return Decrypted{}, err
	}
	if err := h.must(toUse, s.now()); err != nil {
		return Decrypted{}, err
	}
	plaintext, err := h.unseal(b, in.EncryptionContext)
	return Decrypted{KeyARN: h.arn, MaterialID: b.materialID, Algorithm: material.SymmetricDefault, Plaintext: plaintext}, err
}

// HiddenKey is what is said of ciphertexts of keys that are not there, and the same of those of keys that the caller may not know of.
func HiddenKey() error {
	return fault.New(fault.Denied, "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.")
}

// CiphertextKey gives the ARN of the key that a symmetric ciphertext names. It does not tell whether the ciphertext is genuine.
func (s *Service) CiphertextKey(ctx context.Context, region string, ciphertext []byte) (string, error) {
	b, err := parseBlob(ciphertext)
	if err != nil {
		return "", err
	}
	h, err := s.key(ctx, region, b.keyID)
	if errors.Is(err, ErrNoRow) {
		return "", HiddenKey()
	}
	if err != nil {
		return "", err
	}
	return h.arn, nil
}
