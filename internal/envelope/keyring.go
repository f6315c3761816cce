package envelope

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead/xaesgcm"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Root is the root secret, or whoever holds it. Its methods may be called concurrently.
type Root interface {
	// Name tells root secrets apart for people and in the record; it is not secret. Two that differ may have one name.
	Name() string
	// Wrap seals a small plaintext.
	Wrap(ctx context.Context, plaintext []byte) ([]byte, error)
	// Unwrap opens what Wrap sealed. It fails with ErrOpen where this root secret did not seal it.
	Unwrap(ctx context.Context, wrapped []byte) ([]byte, error)
}

// Store keeps the record of the wrapping keyset.
type Store interface {
	// WrappingRecord gives the record, or nil where there is none.
	WrappingRecord(ctx context.Context) ([]byte, error)
	// ReplaceWrappingRecord puts next in the place of previous, which is nil for the first. It is durable when it returns nil; it
	// fails with ErrRecordChanged and changes nothing where the record is not previous.
	ReplaceWrappingRecord(ctx context.Context, previous, next []byte) error
}

// The errors of the record.
var (
	ErrRecordChanged = errors.New("somebody else has changed the record of the wrapping keyset")
	ErrNoRecord      = errors.New("there is no wrapping keyset yet: the root secret was not initialised")
	ErrRecordExists  = errors.New("there is a wrapping keyset already: rotate it instead")
)

// Keyring is the wrapping keyset at work: the sealer of the whole server.
type Keyring struct{ keys *Keyset }

var _ Sealer = (*Keyring)(nil)

// Create makes the wrapping keyset of an empty store, wraps it under root and keeps its record.
func Create(ctx context.Context, store Store, root Root) (*Keyring, error) {
	present, err := store.WrappingRecord(ctx)
	if err != nil {
		return nil, fmt.Errorf("read wrapping keyset: %w", err)
	}
	if present != nil {
		return nil, ErrRecordExists
	}
	keys, err := addWrappingKey(keyset.NewManager())
	if err != nil {
		return nil, err
	}
	next, err := newRecord(ctx, keys, false, root)
	if err != nil {
		return nil, err
	}
	if err := store.ReplaceWrappingRecord(ctx, nil, next); err != nil {
		return nil, fmt.Errorf("keep wrapping keyset: %w", err)
	}
	return &Keyring{keys}, nil
}

// Load opens the wrapping keyset with the root secret. It fails with ErrNoRecord where Create was never called, and with ErrOpen where
// the root secret is another one.
func Load(ctx context.Context, store Store, root Root) (*Keyring, error) {
	opened, err := readRecord(ctx, store, root)
	if err != nil {
		return nil, err
	}
	return &Keyring{opened.keys}, nil
}

// Seal implements Sealer. It needs nobody else and so never waits.
func (k *Keyring) Seal(_ context.Context, plaintext []byte, encryptionContext map[string]string) ([]byte, error) {
	body, err := k.keys.Encrypt(plaintext, associated(formatKeyring, nil, encryptionContext))
	if err != nil {
		return nil, err
	}
	return append([]byte{formatKeyring}, body...), nil
}

// Open implements Sealer.
func (k *Keyring) Open(_ context.Context, ciphertext []byte, encryptionContext map[string]string) ([]byte, error) {
	if len(ciphertext) == 0 || ciphertext[0] != formatKeyring {
		return nil, ErrOpen
	}
	return k.keys.Decrypt(ciphertext[1:], associated(formatKeyring, nil, encryptionContext))
}

// Rewrap gives ciphertext under the newest wrapping key. fresh says that it is already, and is given back as it is.
func (k *Keyring) Rewrap(ctx context.Context, ciphertext []byte, encryptionContext map[string]string) (rewrapped []byte, fresh bool, err error) {
	plaintext, err := k.Open(ctx, ciphertext, encryptionContext)
	if err != nil {
		return nil, false, err
	}
	defer Zero(plaintext)
	primary, err := k.keys.handle.Primary()
	if err != nil {
		return nil, false, fmt.Errorf("find the newest wrapping key: %w", err)
	}
	newest, ok := primary.Key().(*xaesgcm.Key)
	if !ok {
		return nil, false, fmt.Errorf("the newest wrapping key is a %T", primary.Key())
	}
	if bytes.HasPrefix(ciphertext[1:], newest.OutputPrefix()) {
		return ciphertext, true, nil
	}
	rewrapped, err = k.Seal(ctx, plaintext, encryptionContext)
	return rewrapped, false, err
}

// addWrappingKey gives the keys of manager with a new one as primary. Ciphertexts carry the prefix that tells the keys apart.
func addWrappingKey(manager *keyset.Manager) (*Keyset, error) {
	parameters, err := xaesgcm.NewParameters(xaesgcm.VariantTink, saltSize)
	if err != nil {
		return nil, fmt.Errorf("choose algorithm: %w", err)
	}
	id, err := manager.AddNewKeyFromParameters(parameters)
	if err != nil {
		return nil, fmt.Errorf("draw wrapping key: %w", err)
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("choose primary key: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	return fromHandle(handle)
}
