package material

import (
	"crypto/x509"
	"fmt"
)

// NewPair draws an asymmetric key pair for use outside KMS: the private key as PKCS #8, which the caller seals and wipes, and the public key
// as SubjectPublicKeyInfo, both in DER.
func NewPair(spec Spec) (private, public []byte, err error) {
	if !spec.Asymmetric() {
		return nil, nil, fmt.Errorf("%q is no spec of a key pair", spec)
	}
	m, err := Generate(spec)
	if err != nil {
		return nil, nil, err
	}
	var key any
	switch m := m.(type) {
	case rsaKey:
		key = m.key
	case eccKey:
		key = m.key
	case edwardsKey:
		key = m.key
	default:
		return nil, nil, fmt.Errorf("no pair of %T", m)
	}
	if public, err = m.(Publisher).PublicKey(); err != nil {
		return nil, nil, fmt.Errorf("encode public key: %w", err)
	}
	if private, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		return nil, nil, fmt.Errorf("encode private key: %w", err)
	}
	return private, public, nil
}
