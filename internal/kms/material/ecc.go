package material

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
)

// eccKey is a key pair on a NIST curve; its usage decides whether it signs or agrees.
type eccKey struct {
	spec Spec
	key  *ecdsa.PrivateKey
}

var (
	_ Signer = eccKey{}
	_ Agreer = eccKey{}
)

func curve(spec Spec) elliptic.Curve {
	return map[Spec]elliptic.Curve{P256: elliptic.P256(), P384: elliptic.P384(), P521: elliptic.P521()}[spec]
}

func generateECC(spec Spec) (Material, error) {
	key, err := ecdsa.GenerateKey(curve(spec), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	return eccKey{spec, key}, nil
}

func parseECC(spec Spec, raw []byte) (Material, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != curve(spec) {
		return nil, errForm
	}
	return eccKey{spec, key}, nil
}

func (m eccKey) Spec() Spec { return m.spec }

func (m eccKey) Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	return wrapPKCS8(ctx, m.key, s, encryptionContext)
}

func (m eccKey) PublicKey() ([]byte, error) { return x509.MarshalPKIXPublicKey(&m.key.PublicKey) }

func ecdsaHash(algorithm Algorithm) (h crypto.Hash, ok bool) {
	switch algorithm {
	case ECDSASHA256:
		return crypto.SHA256, true
	case ECDSASHA384:
		return crypto.SHA384, true
	case ECDSASHA512:
		return crypto.SHA512, true
	default:
		return 0, false
	}
}

func (m eccKey) Sign(algorithm Algorithm, message Message) ([]byte, error) {
	h, ok := ecdsaHash(algorithm)
	if !ok {
		return nil, errAlgorithm
	}
	digest, err := message.digest(algorithm, h)
	if err != nil {
		return nil, err
	}
	return ecdsa.SignASN1(rand.Reader, m.key, digest)
}

func (m eccKey) Verify(algorithm Algorithm, message Message, signature []byte) (bool, error) {
	return verifyECDSA(&m.key.PublicKey, algorithm, message, signature)
}

func verifyECDSA(key *ecdsa.PublicKey, algorithm Algorithm, message Message, signature []byte) (bool, error) {
	h, ok := ecdsaHash(algorithm)
	if !ok {
		return false, errAlgorithm
	}
	digest, err := message.digest(algorithm, h)
	if err != nil {
		return false, err
	}
	return ecdsa.VerifyASN1(key, digest, signature), nil
}

func (m eccKey) Agree(peer []byte) ([]byte, error) {
	errPeer := fault.New(fault.Invalid, "") // KMS says nothing about what is wrong with the key
	parsed, err := x509.ParsePKIXPublicKey(peer)
	if err != nil {
		return nil, errPeer
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Curve != m.key.Curve {
		return nil, errPeer
	}
	theirs, err := public.ECDH()
	if err != nil {
		return nil, errPeer
	}
	ours, err := m.key.ECDH()
	if err != nil {
		return nil, fmt.Errorf("use key: %w", err)
	}
	return ours.ECDH(theirs)
}
