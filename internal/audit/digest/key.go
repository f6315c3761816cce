package digest

import (
	"context"
	"crypto"
	"crypto/md5" //nolint:gosec // CloudTrail names its public keys by MD5; nothing rests on it
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"merlon.dev/merlon/internal/envelope"
)

// The files of the key in the audit folder. PublicKeyFile is what an auditor takes away: everything else can be checked with it.
const (
	PublicKeyFile = "public-key.pem"
	plainFile     = "signing-key.pem"
	sealedFile    = "signing-key.sealed"
)

const (
	keyBits = 2048 // what CloudTrail signs with; its clients check RSA of any size
	// validity is how long a key is said to be good for. Keys do not end: a server signs with the one that it has.
	validity = 10 * 365 * 24 * time.Hour
)

// Key signs digests and heads. It is immutable and safe for concurrent use.
type Key struct {
	private *rsa.PrivateKey
	public  []byte // PKCS #1, DER
	created time.Time
}

// PublicKey is what ListPublicKeys tells of a key.
type PublicKey struct {
	Value       []byte // PKCS #1, DER
	Fingerprint string // MD5 of Value, in hex
	From, Until time.Time
}

// OpenKey reads the key of the audit folder dir, or makes one. With a sealer the private half lies sealed, and one that a start without
// a sealer left in the clear is sealed now; without one it is in a file that only the owner may read.
func OpenKey(ctx context.Context, dir string, sealer envelope.Sealer, now func() time.Time) (*Key, error) {
	text, err := readPrivate(ctx, dir, sealer)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makePrivate(now())
	}
	if err != nil {
		return nil, fmt.Errorf("audit signing key: %w", err)
	}
	key, err := parsePrivate(text)
	if err != nil {
		return nil, fmt.Errorf("audit signing key: %w", err)
	}
	if err := key.write(ctx, dir, sealer, text); err != nil {
		return nil, fmt.Errorf("audit signing key: %w", err)
	}
	return key, nil
}

func sealContext() map[string]string { return map[string]string{"merlon:purpose": "audit-signing-key"} }

func readPrivate(ctx context.Context, dir string, sealer envelope.Sealer) ([]byte, error) {
	sealed, err := os.ReadFile(filepath.Join(dir, sealedFile))
	switch {
	case err == nil && sealer == nil:
		return nil, errors.New("it is sealed, and there is no root secret to open it with")
	case err == nil:
		return sealer.Open(ctx, sealed, sealContext())
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, plainFile))
}

func makePrivate(now time.Time) ([]byte, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	created := now.UTC().Truncate(time.Second).Format(time.RFC3339)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Headers: map[string]string{"Created": created}, Bytes: der}), nil
}

func parsePrivate(text []byte) (*Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("want an RSA key, got %T", parsed)
	}
	created, err := time.Parse(time.RFC3339, block.Headers["Created"])
	if err != nil {
		return nil, err
	}
	return &Key{private, x509.MarshalPKCS1PublicKey(&private.PublicKey), created}, nil
}

// write leaves the private half in the one file where it belongs, and the public half beside it.
func (k *Key) write(ctx context.Context, dir string, sealer envelope.Sealer, text []byte) error {
	private, name := text, plainFile
	if sealer != nil {
		sealed, err := sealer.Seal(ctx, text, sealContext())
		if err != nil {
			return err
		}
		private, name = sealed, sealedFile
	}
	if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
		if err := WriteFile(filepath.Join(dir, name), private); err != nil {
			return err
		}
	}
	if sealer != nil {
		if err := os.Remove(filepath.Join(dir, plainFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
	if err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, PublicKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Public gives the public half.
func (k *Key) Public() PublicKey {
	return PublicKey{Value: k.public, Fingerprint: fingerprint(k.public), From: k.created, Until: k.created.Add(validity)}
}

// Verifier gives the public half in the form that checks signatures.
func (k *Key) Verifier() *rsa.PublicKey { return &k.private.PublicKey }

// Sign signs text: RSA PKCS #1 v1.5 over SHA-256, in hex.
func (k *Key) Sign(text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return hex.EncodeToString(signature), nil
}

// Verify reports whether signature, in hex, is one of text.
func Verify(key *rsa.PublicKey, text, signature string) bool {
	raw, err := hex.DecodeString(signature)
	sum := sha256.Sum256([]byte(text))
	return err == nil && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], raw) == nil
}

// ParsePublicKey reads a PEM file with a public key, of PKIX or PKCS #1.
func ParsePublicKey(text []byte) (*rsa.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("public key: no PEM block")
	}
	if block.Type == "RSA PUBLIC KEY" {
		return x509.ParsePKCS1PublicKey(block.Bytes)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("public key: %w", err)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("public key: want RSA, got %T", parsed)
	}
	return key, nil
}

func fingerprint(der []byte) string {
	sum := md5.Sum(der) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}
