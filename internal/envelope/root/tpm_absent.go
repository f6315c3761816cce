//go:build !tpm

package root

import (
	"errors"

	"merlon.dev/merlon/internal/envelope"
)

// NewTPM fails: this build has no support for TPMs.
func NewTPM(TPMConfig) (envelope.Root, error) {
	return nil, errors.New("tpm: this merlon was built without support for TPMs; hint: go build -tags tpm ./cmd/merlon")
}
