package envelope

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xaesgcm"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// KeySize is the size in bytes of every symmetric key.
const KeySize = 32

// saltSize is what C2SP's XAES-256-GCM wants: with the 12 bytes of AES-GCM it makes a nonce of 192 bits.
const saltSize = 12

// Keyset holds symmetric keys and seals with the newest, its primary. It never gives them out unwrapped, is immutable and safe for
// concurrent use.
type Keyset struct {
	handle *keyset.Handle
	aead   tink.AEAD
}

// NewKeyset gives a keyset with one random key.
func NewKeyset() (*Keyset, error) {
	key, err := secretdata.NewBytesFromRand(KeySize)
	if err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	return keysetOf(key)
}

// ImportKeyset gives a keyset with the given key of KeySize bytes, which is copied.
func ImportKeyset(key []byte) (*Keyset, error) {
	return keysetOf(secretdata.NewBytesFromData(key, insecuresecretdataaccess.Token{}))
}

// keysetOf leaves out tink's prefix: who keeps a keyset for one key names the key beside the ciphertext.
func keysetOf(key secretdata.Bytes) (*Keyset, error) {
	parameters, err := xaesgcm.NewParameters(xaesgcm.VariantNoPrefix, saltSize)
	if err != nil {
		return nil, fmt.Errorf("choose algorithm: %w", err)
	}
	made, err := xaesgcm.NewKey(key, 0, parameters)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	manager := keyset.NewManager()
	id, err := manager.AddKey(made)
	if err != nil {
		return nil, fmt.Errorf("add key: %w", err)
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

func fromHandle(handle *keyset.Handle) (*Keyset, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("use keyset: %w", err)
	}
	return &Keyset{handle: handle, aead: primitive}, nil
}

// Encrypt seals plaintext; associatedData must be given again to open it.
func (k *Keyset) Encrypt(plaintext, associatedData []byte) ([]byte, error) {
	ciphertext, err := k.aead.Encrypt(plaintext, associatedData)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return ciphertext, nil
}

// Decrypt opens what Encrypt sealed, or fails with ErrOpen.
func (k *Keyset) Decrypt(ciphertext, associatedData []byte) ([]byte, error) {
	plaintext, err := k.aead.Decrypt(ciphertext, associatedData)
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}

// Wrap seals the keyset itself, to be stored.
func (k *Keyset) Wrap(ctx context.Context, s Sealer, encryptionContext map[string]string) ([]byte, error) {
	clear, err := k.clear()
	if err != nil {
		return nil, err
	}
	defer Zero(clear)
	return s.Seal(ctx, clear, encryptionContext)
}

// UnwrapKeyset opens what Wrap sealed.
func UnwrapKeyset(ctx context.Context, s Sealer, wrapped []byte, encryptionContext map[string]string) (*Keyset, error) {
	clear, err := s.Open(ctx, wrapped, encryptionContext)
	if err != nil {
		return nil, err
	}
	defer Zero(clear)
	return fromClear(clear)
}

// clear gives the keys themselves: the caller wipes them.
func (k *Keyset) clear() ([]byte, error) {
	var out bytes.Buffer
	if err := insecurecleartextkeyset.Write(k.handle, keyset.NewBinaryWriter(&out)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return out.Bytes(), nil
}

func fromClear(clear []byte) (*Keyset, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(clear)))
	if err != nil {
		// tink's text may quote what it read.
		return nil, errors.New("read keyset: not a keyset")
	}
	return fromHandle(handle)
}

// Zero overwrites a secret that is no longer needed. Copies that the runtime has made are beyond its reach.
func Zero(secret []byte) { clear(secret) }
