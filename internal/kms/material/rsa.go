package material

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"   // linked in for RSAES_OAEP_SHA_1
	_ "crypto/sha256" // and the others for signatures
	_ "crypto/sha512"
	"crypto/x509"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
)

// rsaKey is an RSA key pair; its usage decides whether it encrypts or signs.
type rsaKey struct {
	spec Spec
	key  *rsa.PrivateKey
}

var (
	_ Crypter = rsaKey{}
	_ Signer  = rsaKey{}
)

func rsaBits(spec Spec) int {
	return map[Spec]int{RSA2048: 2048, RSA3072: 3072, RSA4096: 4096}[spec]
}

func generateRSA(spec Spec) (Material, error) {
	key, err := rsa.GenerateKey(rand.Reader, rsaBits(spec))
	if err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	return rsaKey{spec, key}, nil
}

func parseRSA(spec Spec, raw []byte) (Material, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() != rsaBits(spec) || key.Validate() != nil {
		return nil, errForm
	}
	return rsaKey{spec, key}, nil
}

func (m rsaKey) Spec() Spec { return m.spec }

func (m rsaKey) Wrap(ctx context.Context, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	return wrapPKCS8(ctx, m.key, s, encryptionContext)
}

func (m rsaKey) PublicKey() ([]byte, error) { return x509.MarshalPKIXPublicKey(&m.key.PublicKey) }

func (m rsaKey) Encrypt(algorithm Algorithm, plaintext, _ []byte) ([]byte, error) {
	h, ok := oaepHash(algorithm)
	if !ok {
		return nil, errAlgorithm
	}
	// RFC 8017, 7.1.1: two hashes and two bytes are not for the message.
	if most := m.key.Size() - 2*h.Size() - 2; len(plaintext) > most {
		return nil, fault.New(fault.Invalid, "Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", algorithm, m.spec, most)
	}
	return rsa.EncryptOAEP(h.New(), rand.Reader, &m.key.PublicKey, plaintext, nil)
}

func (m rsaKey) Decrypt(algorithm Algorithm, ciphertext, _ []byte) ([]byte, error) {
	h, ok := oaepHash(algorithm)
	if !ok {
		return nil, errAlgorithm
	}
	plaintext, err := rsa.DecryptOAEP(h.New(), nil, m.key, ciphertext, nil)
	if err != nil {
		return nil, envelope.ErrOpen
	}
	return plaintext, nil
}

func oaepHash(algorithm Algorithm) (h crypto.Hash, ok bool) {
	switch algorithm {
	case OAEPSHA1:
		return crypto.SHA1, true
	case OAEPSHA256:
		return crypto.SHA256, true
	default:
		return 0, false
	}
}

// rsaSignature tells the hash of a signature algorithm and whether it pads by PSS.
func rsaSignature(algorithm Algorithm) (h crypto.Hash, pss, ok bool) {
	switch algorithm {
	case PSSSHA256:
		return crypto.SHA256, true, true
	case PSSSHA384:
		return crypto.SHA384, true, true
	case PSSSHA512:
		return crypto.SHA512, true, true
	case PKCS1SHA256:
		return crypto.SHA256, false, true
	case PKCS1SHA384:
		return crypto.SHA384, false, true
	case PKCS1SHA512:
		return crypto.SHA512, false, true
	default:
		return 0, false, false
	}
}

// pssOptions has the salt that KMS uses: as long as the hash.
func pssOptions() *rsa.PSSOptions { return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash} }

func (m rsaKey) Sign(algorithm Algorithm, message Message) ([]byte, error) {
	h, pss, ok := rsaSignature(algorithm)
	if !ok {
		return nil, errAlgorithm
	}
	digest, err := message.digest(algorithm, h)
	if err != nil {
		return nil, err
	}
	if pss {
		return rsa.SignPSS(rand.Reader, m.key, h, digest, pssOptions())
	}
	return rsa.SignPKCS1v15(nil, m.key, h, digest)
}

func (m rsaKey) Verify(algorithm Algorithm, message Message, signature []byte) (bool, error) {
	return verifyRSA(&m.key.PublicKey, algorithm, message, signature)
}

func verifyRSA(key *rsa.PublicKey, algorithm Algorithm, message Message, signature []byte) (bool, error) {
	h, pss, ok := rsaSignature(algorithm)
	if !ok {
		return false, errAlgorithm
	}
	digest, err := message.digest(algorithm, h)
	if err != nil {
		return false, err
	}
	if pss {
		return rsa.VerifyPSS(key, h, digest, signature, pssOptions()) == nil, nil
	}
	return rsa.VerifyPKCS1v15(key, h, digest, signature) == nil, nil
}

// wrapPKCS8 seals a private key.
func wrapPKCS8(ctx context.Context, key any, s envelope.Sealer, encryptionContext map[string]string) ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	defer envelope.Zero(raw)
	return s.Seal(ctx, raw, encryptionContext)
}
