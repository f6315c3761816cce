// Package material holds the keys inside KMS keys: it makes, imports, wraps and uses them, and knows which algorithms fit which spec.
//
// Key material never leaves the package unwrapped. What a material can do is told by the interfaces that it implements.
package material

import (
	"context"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
)

// Material is the key material of one KMS key. It is immutable and safe for concurrent use.
type Material interface {
	Spec() Spec
	// Wrap seals the material, to be stored.
	Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error)
}

// Crypter is material that encrypts.
type Crypter interface {
	Material
	// Encrypt seals plaintext. Asymmetric algorithms have no place for associatedData and ignore it. A plaintext that is too large for
	// the key is a fault of kind Invalid.
	Encrypt(algorithm Algorithm, plaintext, associatedData []byte) ([]byte, error)
	// Decrypt opens what Encrypt sealed, or fails with envelope.ErrOpen.
	Decrypt(algorithm Algorithm, ciphertext, associatedData []byte) ([]byte, error)
}

// Signer is material that signs.
type Signer interface {
	Material
	Publisher
	// Sign signs a message or digest. A digest of the wrong length is a fault of kind Invalid.
	Sign(algorithm Algorithm, message Message) ([]byte, error)
	// Verify reports whether signature is one of message.
	Verify(algorithm Algorithm, message Message, signature []byte) (bool, error)
}

// Publisher is material with a public part.
type Publisher interface {
	// PublicKey gives the public key as DER of an X.509 SubjectPublicKeyInfo.
	PublicKey() ([]byte, error)
}

// Agreer is material that agrees on secrets.
type Agreer interface {
	Material
	Publisher
	// Agree gives the raw secret that the key shares with the owner of peer, a SubjectPublicKeyInfo in DER. A peer that does not fit is
	// a fault of kind Invalid.
	Agree(peer []byte) ([]byte, error)
}

// Authenticator is material that makes message authentication codes.
type Authenticator interface {
	Material
	MAC(message []byte) []byte
}

// Generate draws new material. RSA takes tenths of a second, up to seconds for RSA_4096.
func Generate(spec Spec) (Material, error) {
	f, ok := spec.family()
	if !ok {
		return nil, fmt.Errorf("no key spec %q", spec)
	}
	return f.generate(spec)
}

// Import takes material from outside: the 32 bytes of a symmetric key, the bytes of an HMAC key, or PKCS #8 in DER. It gives a fault of
// kind Invalid where raw does not fit spec.
func Import(spec Spec, raw []byte) (Material, error) {
	f, ok := spec.family()
	if !ok {
		return nil, fmt.Errorf("no key spec %q", spec)
	}
	m, err := f.parse(spec, raw)
	if err != nil {
		// The cause may quote the material, and the caller learns nothing from it.
		return nil, errNotMaterial(spec)
	}
	return m, nil
}

// Unwrap opens what Wrap sealed.
func Unwrap(ctx context.Context, spec Spec, s envelope.Sealer, wrapped []byte, encryptionContext map[string]string) (Material, error) {
	if spec == Symmetric {
		keys, err := envelope.UnwrapKeyset(ctx, s, wrapped, encryptionContext)
		if err != nil {
			return nil, err
		}
		return symmetric{keys}, nil
	}
	f, ok := spec.family()
	if !ok {
		return nil, fmt.Errorf("no key spec %q", spec)
	}
	raw, err := s.Open(ctx, wrapped, encryptionContext)
	if err != nil {
		return nil, err
	}
	defer envelope.Zero(raw)
	m, err := f.parse(spec, raw)
	if err != nil {
		return nil, fmt.Errorf("stored material is not of spec %s", spec)
	}
	return m, nil
}

// family makes the material of several specs.
type family struct {
	generate func(Spec) (Material, error)
	parse    func(Spec, []byte) (Material, error)
}

// family gives who makes s; ok is false for what is not a spec that Merlon has.
func (s Spec) family() (f family, ok bool) {
	switch s {
	case Symmetric:
		return family{generateSymmetric, parseSymmetric}, true
	case RSA2048, RSA3072, RSA4096:
		return family{generateRSA, parseRSA}, true
	case P256, P384, P521:
		return family{generateECC, parseECC}, true
	case Edwards25519:
		return family{generateEdwards, parseEdwards}, true
	case HMAC224, HMAC256, HMAC384, HMAC512:
		return family{generateHMAC, parseHMAC}, true
	default:
		return family{}, false
	}
}

var errForm = errors.New("not key material of that form")
