package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
)

// devRootSecret is the file in the data folder that holds the root secret of dev mode. In production it must not lie there.
const devRootSecret = "dev-root-secret"

// rootSecret opens the root secret that the configuration names.
func rootSecret(c config.Resolved) (envelope.Root, error) {
	switch {
	case c.RootSecret.IdentityFile != "":
		return root.ReadIdentity(c.RootSecret.IdentityFile)
	case c.RootSecret.PassphraseFile != "":
		return root.ReadPassphrase(c.RootSecret.PassphraseFile)
	case c.RootSecret.Transit != config.Transit{}:
		t := c.RootSecret.Transit
		return root.NewTransit(root.TransitConfig{
			Address: t.Address, Mount: t.Mount, Key: t.Key, TokenFile: t.TokenFile, Namespace: t.Namespace, CAFile: t.CAFile, Timeout: t.Timeout, Attempts: t.Attempts,
		})
	case c.RootSecret.TPMDevice != "":
		return root.NewTPM(root.TPMConfig{Device: c.RootSecret.TPMDevice})
	case c.RootSecret.PKCS11 != config.PKCS11{}:
		p := c.RootSecret.PKCS11
		return root.NewPKCS11(root.PKCS11Config{Module: p.Module, Token: p.Token, PINFile: p.PINFile, Key: p.Key})
	case c.Dev:
		return root.ReadOrGenerateIdentity(filepath.Join(c.Data, devRootSecret))
	default:
		return nil, errors.New("no root secret is configured")
	}
}

// openKeyring opens the server's sealer, and makes its keyset at the first start.
func openKeyring(ctx context.Context, store envelope.Store, c config.Resolved) (*envelope.Keyring, error) {
	secret, err := rootSecret(c)
	if err != nil {
		return nil, fmt.Errorf("open root secret: %w", err)
	}
	keyring, err := envelope.Load(ctx, store, secret)
	if errors.Is(err, envelope.ErrNoRecord) {
		keyring, err = envelope.Create(ctx, store, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("open wrapping keyset: %w", err)
	}
	return keyring, nil
}
