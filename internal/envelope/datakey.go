package envelope

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// KeySource gives data keys and opens them again; a KMS key is one. Both methods may be called concurrently, and their caller wipes
// the plaintext that it was given.
type KeySource interface {
	// GenerateDataKey gives a data key of KeySize bytes, plain and wrapped. It may give the same one again for a while.
	GenerateDataKey(ctx context.Context, encryptionContext map[string]string) (plaintext, wrapped []byte, err error)
	// DecryptDataKey gives the plaintext of a wrapped data key, or ErrOpen where there is none in this context.
	DecryptDataKey(ctx context.Context, wrapped []byte, encryptionContext map[string]string) ([]byte, error)
}

// DataKeySealer seals bodies under data keys, each kept wrapped beside its body.
type DataKeySealer struct{ source KeySource }

var _ Sealer = DataKeySealer{}

// NewDataKeySealer gives a sealer with the data keys of source.
func NewDataKeySealer(source KeySource) DataKeySealer { return DataKeySealer{source} }

// Seal implements Sealer. It fails as the source does.
func (s DataKeySealer) Seal(ctx context.Context, plaintext []byte, encryptionContext map[string]string) ([]byte, error) {
	key, wrapped, err := s.source.GenerateDataKey(ctx, encryptionContext)
	if err != nil {
		return nil, err
	}
	defer Zero(key)
	sealed, err := gcm(key)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, 1+binary.MaxVarintLen32+len(wrapped)+len(plaintext)+sealed.Overhead())
	out = append(out, formatDataKey)
	out = binary.AppendUvarint(out, uint64(len(wrapped)))
	out = append(out, wrapped...)
	return sealed.Seal(out, nil, plaintext, associated(formatDataKey, wrapped, encryptionContext)), nil
}

// Open implements Sealer. It fails as the source does.
func (s DataKeySealer) Open(ctx context.Context, ciphertext []byte, encryptionContext map[string]string) ([]byte, error) {
	wrapped, body, err := splitDataKey(ciphertext)
	if err != nil {
		return nil, err
	}
	key, err := s.source.DecryptDataKey(ctx, wrapped, encryptionContext)
	if err != nil {
		return nil, err
	}
	defer Zero(key)
	opened, err := gcm(key)
	if err != nil {
		return nil, err
	}
	plaintext, err := opened.Open(nil, nil, body, associated(formatDataKey, wrapped, encryptionContext))
	if err != nil {
		return nil, ErrOpen
	}
	return plaintext, nil
}

// splitDataKey takes a ciphertext apart without believing it.
func splitDataKey(ciphertext []byte) (wrapped, body []byte, err error) {
	if len(ciphertext) == 0 || ciphertext[0] != formatDataKey {
		return nil, nil, ErrOpen
	}
	length, n := binary.Uvarint(ciphertext[1:])
	// A length in more bytes than it needs would be a second form of the same ciphertext.
	if n <= 0 || n != len(binary.AppendUvarint(nil, length)) || length > uint64(len(ciphertext)-1-n) {
		return nil, nil, ErrOpen
	}
	rest := ciphertext[1+n:]
	return rest[:length], rest[length:], nil
}

// gcm gives AES-GCM with a random nonce before each body.
func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use data key: %w", err)
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use data key: %w", err)
	}
	return sealer, nil
}
