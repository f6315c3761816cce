package root

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"filippo.io/age"

	"merlon.dev/merlon/internal/envelope"
)

// Identity is an age identity: a private key in a file.
type Identity struct {
	name      string
	identity  age.Identity
	recipient age.Recipient
}

var _ envelope.Root = (*Identity)(nil)

// NewX25519 gives the root secret of a classic age identity.
func NewX25519(i *age.X25519Identity) *Identity {
	return &Identity{name: i.Recipient().String(), identity: i, recipient: i.Recipient()}
}

// NewHybrid gives the root secret of a post-quantum age identity. Its recipient has about 2,000 characters, so its name is cut.
func NewHybrid(i *age.HybridIdentity) *Identity {
	return &Identity{name: i.Recipient().String()[:48], identity: i, recipient: i.Recipient()}
}

// ReadIdentity reads an identity file as age-keygen writes it. It must hold one identity and be closed to other users.
func ReadIdentity(path string) (*Identity, error) {
	content, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	defer envelope.Zero(content)
	identities, err := age.ParseIdentities(bytes.NewReader(content))
	if err != nil {
		// age's text may quote the line.
		return nil, fmt.Errorf("%s is not an age identity file; hint: merlon admin root-secret init makes one", path)
	}
	if len(identities) != 1 {
		return nil, fmt.Errorf("%s holds %d identities: a root secret is one", path, len(identities))
	}
	switch i := identities[0].(type) {
	case *age.X25519Identity:
		return NewX25519(i), nil
	case *age.HybridIdentity:
		return NewHybrid(i), nil
	default:
		return nil, fmt.Errorf("%s holds an age identity of a kind that cannot wrap", path)
	}
}

// GenerateIdentity makes a post-quantum identity and its file, which must not exist, and gives it.
func GenerateIdentity(path string) (*Identity, error) {
	i, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("draw root secret: %w", err)
	}
	content := []byte("# Root secret of Merlon. Whoever has it can read everything; without it nothing can be read. Keep a copy elsewhere.\n" + i.String() + "\n")
	defer envelope.Zero(content)
	if err := writeSecret(path, content); err != nil {
		return nil, err
	}
	return NewHybrid(i), nil
}

// ReadOrGenerateIdentity is for development: it reads the identity file, or makes it where there is none.
func ReadOrGenerateIdentity(path string) (*Identity, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return GenerateIdentity(path)
	}
	return ReadIdentity(path)
}

// Name gives the recipient, that is the public key.
func (i *Identity) Name() string { return i.name }

// Wrap implements envelope.Root.
func (i *Identity) Wrap(_ context.Context, plaintext []byte) ([]byte, error) {
	return seal(plaintext, i.recipient)
}

// Unwrap implements envelope.Root.
func (i *Identity) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) {
	return open(wrapped, i.identity)
}
