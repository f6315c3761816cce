package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
)

// InitRootSecret makes the identity file of a new root secret and gives its public name. The wrapping keyset under it is made when a
// server first starts with it.
func InitRootSecret(path string) (name string, err error) {
	made, err := root.GenerateIdentity(path)
	if err != nil {
		return "", err
	}
	return made.Name(), nil
}

// RootSecretRotation is a change of a data folder's root secret, while no server has the folder open.
type RootSecretRotation struct {
	Data     string
	From, To config.RootSecret
}

// Run rotates and says how many ciphertexts were put under a new wrapping key. Where it was cut off, running it again completes it, and
// until then both root secrets open the folder.
func (r RootSecretRotation) Run(ctx context.Context) (changed int, err error) {
	from, err := rootSecret(config.Resolved{Config: config.Config{RootSecret: r.From}})
	if err != nil {
		return 0, fmt.Errorf("open the present root secret: %w", err)
	}
	to := from
	if r.To != r.From {
		if to, err = rootSecret(config.Resolved{Config: config.Config{RootSecret: r.To}}); err != nil {
			return 0, fmt.Errorf("open the new root secret: %w", err)
		}
	}
	if _, err := os.Stat(r.Data); err != nil {
		return 0, fmt.Errorf("find data folder: %w", err) // opening would make it
	}
	store, err := sqlite.Open(ctx, r.Data)
	if err != nil {
		return 0, fmt.Errorf("open data folder: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	// Rewrap takes the keyring that rotates: this one only has to be there.
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: &envelope.Keyring{}, Now: time.Now})
	if err != nil {
		return 0, err
	}
	return envelope.Rotation{
		Store: store, From: from, To: to, Holders: []envelope.Holder{keys},
		Older: envelope.KeepOlder, // guardrail, iam and audit keep ciphertexts too and do not re-wrap them yet
	}.Run(ctx)
}
