//go:build !pkcs11

package root

import (
	"errors"

	"merlon.dev/merlon/internal/envelope"
)

// NewPKCS11 fails: this build has no support for PKCS #11.
func NewPKCS11(PKCS11Config) (envelope.Root, error) {
	return nil, errors.New("pkcs11: this merlon was built without support for PKCS #11; hint: CGO_ENABLED=1 go build -tags pkcs11 ./cmd/merlon")
}
