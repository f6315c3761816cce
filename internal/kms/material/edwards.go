package material

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
)

// edwardsKey is an Ed25519 key pair (RFC 8032).
type edwardsKey struct{ key ed25519.PrivateKey }

var _ Signer = edwardsKey{}

func generateEdwards(Spec) (Material, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	return edwardsKey{key}, nil
}

func parseEdwards(_ Spec, raw []byte) (Material, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errForm
	}
	return edwardsKey{key}, nil
}

func (edwardsKey) Spec() Spec { return Edwards25519 }

func (m edwardsKey) Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	return wrapPKCS8(ctx, m.key, s, encryptionContext)
}

func (m edwardsKey) PublicKey() ([]byte, error) { return x509.MarshalPKIXPublicKey(m.key.Public()) }

// edwardsInput gives what is signed, and how: the message itself, or its SHA-512 in the prehashed variant.
func edwardsInput(algorithm Algorithm, message Message) ([]byte, *ed25519.Options, error) {
	switch {
	case algorithm == Ed25519 && message.Type == Raw:
		return message.Data, &ed25519.Options{}, nil
	case algorithm == Ed25519Prehashed && message.Type == Digest:
		digest, err := message.digest(algorithm, crypto.SHA512)
		return digest, &ed25519.Options{Hash: crypto.SHA512}, err
	case algorithm == Ed25519, algorithm == Ed25519Prehashed:
		return nil, nil, fault.New(fault.Invalid, "Message type %s is not compatible with algorithm %s.", message.Type, algorithm)
	default:
		return nil, nil, errAlgorithm
	}
}

func (m edwardsKey) Sign(algorithm Algorithm, message Message) ([]byte, error) {
	input, options, err := edwardsInput(algorithm, message)
	if err != nil {
		return nil, err
	}
	return m.key.Sign(nil, input, options)
}

func (m edwardsKey) Verify(algorithm Algorithm, message Message, signature []byte) (bool, error) {
	public, ok := m.key.Public().(ed25519.PublicKey)
	if !ok {
		return false, errForm
	}
	return verifyEdwards(public, algorithm, message, signature)
}

func verifyEdwards(key ed25519.PublicKey, algorithm Algorithm, message Message, signature []byte) (bool, error) {
	input, options, err := edwardsInput(algorithm, message)
	if err != nil {
		return false, err
	}
	return ed25519.VerifyWithOptions(key, input, signature, options) == nil, nil
}
