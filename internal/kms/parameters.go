package kms

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/keywrap"
)

// importable is how long a public key for import is good.
const importable = 24 * time.Hour

// ImportParameters are what somebody needs to wrap key material for one key.
type ImportParameters struct {
	KeyARN    string
	Token     []byte // to be handed in with the material
	PublicKey []byte // DER of a SubjectPublicKeyInfo
	ValidTo   time.Time
}

// importToken is inside a token: the private key of the public one, so that nothing is kept.
type importToken struct {
	Algorithm keywrap.Algorithm
	ValidTo   time.Time
	Key       []byte // PKCS #1
}

// ImportParameters draws an RSA key of spec RSA_2048, RSA_3072 or RSA_4096 to wrap the material of a key of origin EXTERNAL with.
func (s *Service) ImportParameters(ctx context.Context, scope Scope, key string, algorithm keywrap.Algorithm, spec string) (ImportParameters, error) {
	h, err := s.external(ctx, scope, key)
	if err != nil {
		return ImportParameters{}, err
	}
	bits := map[string]int{"RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096}[spec]
	if bits == 0 || !algorithm.Valid() {
		return ImportParameters{}, refuse(fault.Invalid, Unsupported, "The wrapping algorithm %s with the wrapping key spec %s is not supported.", algorithm, spec)
	}
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return ImportParameters{}, fmt.Errorf("draw wrapping key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return ImportParameters{}, fmt.Errorf("encode wrapping key: %w", err)
	}
	p := ImportParameters{KeyARN: h.arn, PublicKey: public, ValidTo: s.time().Add(importable)}
	token, err := json.Marshal(importToken{algorithm, p.ValidTo, x509.MarshalPKCS1PrivateKey(private)})
	if err != nil {
		return ImportParameters{}, fmt.Errorf("encode import token: %w", err)
	}
	defer envelope.Zero(token)
	p.Token, err = s.sealer.Seal(ctx, token, h.importContext())
	return p, err
}

func (h *held) importContext() map[string]string {
	return map[string]string{"merlon": "kms import token", "key": h.arn}
}

// external gives a key that takes imported material.
func (s *Service) external(ctx context.Context, scope Scope, key string) (*held, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return nil, err
	}
	if h.Origin != OriginExternal {
		return nil, refuse(fault.Invalid, Unsupported, "%s origin is %s which is not valid for this operation.", h.arn, h.Origin)
	}
	return h, h.must(toAdminister, s.now())
}

// openImport gives the raw material that was wrapped for h.
func (s *Service) openImport(ctx context.Context, h *held, sealed, wrapped []byte) ([]byte, error) {
	clear, err := s.sealer.Open(ctx, sealed, h.importContext())
	if err != nil {
		return nil, refuse(fault.Invalid, ImportTokenWrong, "The import token is invalid or is for another key.")
	}
	defer envelope.Zero(clear)
	var token importToken
	if err := json.Unmarshal(clear, &token); err != nil {
		return nil, fmt.Errorf("decode import token: %w", err)
	}
	defer envelope.Zero(token.Key)
	if !s.now().Before(token.ValidTo) {
		return nil, refuse(fault.Invalid, ImportTokenOld, "The import token has expired.")
	}
	private, err := x509.ParsePKCS1PrivateKey(token.Key)
	if err != nil {
		return nil, fmt.Errorf("decode wrapping key: %w", err)
	}
	raw, err := keywrap.Open(private, token.Algorithm, wrapped)
	if err != nil {
		return nil, errCiphertext()
	}
	return raw, nil
}
