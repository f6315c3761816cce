package root

import (
	"bytes"
	"context"
	"fmt"

	"filippo.io/age"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/secret"
)

const (
	// passphraseLeast keeps out what can be guessed although scrypt makes each guess slow.
	passphraseLeast = 16
	// workFactor is the scrypt work factor, 2^18 rounds: about a second and 256 MiB once a start.
	workFactor = 18
)

// Passphrase is a passphrase in a file, such as a credential that systemd or Kubernetes mounts.
type Passphrase struct {
	phrase secret.String
	work   int
}

var _ envelope.Root = (*Passphrase)(nil)

// ReadPassphrase reads the first line of a file, which must have 16 characters or more and be closed to other users.
func ReadPassphrase(path string) (*Passphrase, error) {
	content, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	defer envelope.Zero(content)
	line, rest, _ := bytes.Cut(content, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("passphrase file %s has more than one line", path)
	}
	if len(line) < passphraseLeast {
		return nil, fmt.Errorf("the passphrase in %s has fewer than %d characters", path, passphraseLeast)
	}
	return &Passphrase{phrase: secret.New(string(line)), work: workFactor}, nil
}

// Name gives "passphrase": anything derived from it would help to guess it.
func (p *Passphrase) Name() string { return "passphrase" }

// Wrap implements envelope.Root.
func (p *Passphrase) Wrap(_ context.Context, plaintext []byte) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(p.phrase.Reveal())
	if err != nil {
		return nil, fmt.Errorf("use passphrase: %w", err)
	}
	recipient.SetWorkFactor(p.work)
	return seal(plaintext, recipient)
}

// Unwrap implements envelope.Root.
func (p *Passphrase) Unwrap(_ context.Context, wrapped []byte) ([]byte, error) {
	identity, err := age.NewScryptIdentity(p.phrase.Reveal())
	if err != nil {
		return nil, fmt.Errorf("use passphrase: %w", err)
	}
	identity.SetMaxWorkFactor(p.work)
	return open(wrapped, identity)
}
