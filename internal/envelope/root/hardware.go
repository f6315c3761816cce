package root

import (
	"context"

	"merlon.dev/merlon/internal/envelope"
)

// TPMConfig names a TPM 2.0. Builds without the tag "tpm" have none.
type TPMConfig struct {
	// Device is the TPM's device file, "/dev/tpmrm0", or the Unix socket of an emulator.
	Device string
}

// PKCS11Config names an AES key in a PKCS #11 token, such as a hardware security module. Builds without the tag "pkcs11", which needs
// cgo, have none.
type PKCS11Config struct {
	// Module is the path of the token's shared library.
	Module string
	// Token is the label of the token.
	Token string
	// PINFile holds the PIN of the token's user.
	PINFile string
	// Key is the label of the key, of type AES and 256 bits. It must exist and be allowed to encrypt and decrypt.
	Key string
}

// hardware is a root secret that never leaves its device: the device wraps data keys, each of which seals one body.
type hardware struct {
	name string
	keys envelope.KeySource
}

var _ envelope.Root = hardware{}

// purpose is the encryption context of what a device protects.
func purpose() map[string]string { return map[string]string{"merlon:purpose": "root-secret"} }

// Name implements envelope.Root.
func (h hardware) Name() string { return h.name }

// Wrap implements envelope.Root. A device that has begun does not stop when ctx ends.
func (h hardware) Wrap(ctx context.Context, plaintext []byte) ([]byte, error) {
	return envelope.NewDataKeySealer(h.keys).Seal(ctx, plaintext, purpose())
}

// Unwrap implements envelope.Root. A device that has begun does not stop when ctx ends.
func (h hardware) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	return envelope.NewDataKeySealer(h.keys).Open(ctx, wrapped, purpose())
}
