// Package envelopetest gives tests a sealer, and every sealer its contract.
package envelopetest

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"filippo.io/age"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
)

// New gives a keyring of its own with a root secret that nobody else has.
func New(t testing.TB) *envelope.Keyring {
	t.Helper()
	k, err := envelope.Create(t.Context(), &Store{}, NewRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// NewRoot gives a fresh root secret.
func NewRoot(t testing.TB) envelope.Root {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return root.NewX25519(identity)
}

// Store keeps the record in memory. Its zero value is empty and ready to use.
type Store struct {
	mu     sync.Mutex
	record []byte
}

var _ envelope.Store = (*Store)(nil)

// WrappingRecord implements envelope.Store.
func (s *Store) WrappingRecord(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.record), nil
}

// ReplaceWrappingRecord implements envelope.Store.
func (s *Store) ReplaceWrappingRecord(_ context.Context, previous, next []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !bytes.Equal(s.record, previous) {
		return envelope.ErrRecordChanged
	}
	s.record = bytes.Clone(next)
	return nil
}
