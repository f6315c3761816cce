package envelope

import (
	"context"
	"errors"
)

// Sealer keeps secrets from whoever can only read or change what is stored. It is safe for concurrent use.
type Sealer interface {
	// Seal gives a ciphertext that only opens in the same encryption context. Sealing the same twice gives two ciphertexts.
	Seal(ctx context.Context, plaintext []byte, encryptionContext map[string]string) ([]byte, error)
	// Open gives the plaintext back. It fails with ErrOpen where ciphertext was not sealed by this sealer in this context or has
	// changed since; any other error means that the key could not be asked.
	Open(ctx context.Context, ciphertext []byte, encryptionContext map[string]string) ([]byte, error)
}

// ErrOpen says that a ciphertext does not open. It does not tell why: who may not read it shall not learn it either.
var ErrOpen = errors.New("the ciphertext does not open: it was changed, or it belongs to another key or encryption context")

// The formats of ciphertexts; see the package comment.
const (
	formatKeyring byte = 1
	formatDataKey byte = 2
)
