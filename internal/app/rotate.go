package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/model/invocation"
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

// RootSecretRotation is a change of a data folder's root secret and wrapping key, while no server has the folder open.
type RootSecretRotation struct {
	Data     string
	From, To config.RootSecret
}

// Run rotates and says how many ciphertexts were put under the new wrapping key. Afterwards nothing in the folder opens under the old one,
// and its remains are gone from the database. Where Run was cut off, running it again completes it, and until then both root secrets open
// the folder.
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
	holders, err := r.holders(store)
	if err == nil {
		changed, err = envelope.Rotation{Store: store, From: from, To: to, Holders: holders}.Run(ctx)
	}
	if err = errors.Join(err, store.Close()); err != nil {
		return changed, err
	}
	return changed, sqlite.Compact(ctx, r.Data)
}

// holders gives everybody who keeps what the keyring sealed. They take the keyring that rotates: the one that they are made with only has
// to be there.
func (r RootSecretRotation) holders(store *sqlite.Store) ([]envelope.Holder, error) {
	none := &envelope.Keyring{}
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: none, Now: time.Now})
	if err != nil {
		return nil, err
	}
	identities, err := iam.NewService(iam.Options{Store: store.IAM(), Sealer: none, Now: time.Now})
	if err != nil {
		return nil, err
	}
	guardrailKeys, err := newGuardrailKeys(keys, none, 0)
	if err != nil {
		return nil, err
	}
	guardrails, err := guardrail.NewService(guardrail.Options{
		Store: store.Guardrails(), Keys: guardrailKeys, CheckRegex: evaluate.CheckRegex, Now: time.Now,
		NewID: func() string { return ident.Lower(12) },
	})
	if err != nil {
		return nil, err
	}
	return []envelope.Holder{keys, identities, guardrails, digest.KeyFolder(filepath.Join(r.Data, auditFolder)), invocation.Records{Store: store.Invocations()}}, nil
}
