package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/store/sqlite"
)

// Admin does what no caller of the API may: it makes accounts and the first credentials in them, while no server has the data folder
// open. Whoever opened it closes it.
type Admin struct {
	store      *sqlite.Store
	identities *iam.Service
	keyring    *envelope.Keyring
}

// OpenAdmin opens the data folder that the configuration names.
func OpenAdmin(ctx context.Context, c config.Resolved) (_ *Admin, err error) {
	store, err := sqlite.Open(ctx, c.Data)
	if err != nil {
		return nil, fmt.Errorf("open data folder: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	keyring, err := openKeyring(ctx, store, c)
	if err != nil {
		return nil, err
	}
	identities, err := iam.NewService(iam.Options{Store: store.IAM(), Sealer: keyring, Limits: iam.DefaultLimits(), Now: time.Now})
	if err != nil {
		return nil, err
	}
	return &Admin{store, identities, keyring}, nil
}

// Close lets go of the data folder.
func (a *Admin) Close() error { return a.store.Close() }

// Credentials are a new access key; the secret is shown once.
type Credentials struct {
	AccessKeyID string
	Secret      secret.String
}

// CreateAccount makes an account and an access key for its root.
func (a *Admin) CreateAccount(ctx context.Context, id, name string) (Credentials, error) {
	if _, err := a.identities.CreateAccount(ctx, id, name); err != nil {
		return Credentials{}, err
	}
	return a.CreateRootKey(ctx, id)
}

// Accounts gives the accounts that were made here, beside those of the configuration.
func (a *Admin) Accounts(ctx context.Context) ([]iam.Account, error) {
	return a.identities.Accounts(ctx)
}

// CreateRootKey makes a further access key for the root of an account.
func (a *Admin) CreateRootKey(ctx context.Context, account string) (Credentials, error) {
	key, value, err := a.identities.CreateKey(ctx, iam.Scope{Partition: "aws", Account: account}, iam.Holder{})
	return Credentials{key.ID, value}, err
}

// RootKeys gives the access keys of the root of an account.
func (a *Admin) RootKeys(ctx context.Context, account string) ([]iam.AccessKey, error) {
	return a.identities.Keys(ctx, iam.Scope{Partition: "aws", Account: account}, iam.Holder{})
}

// DeleteRootKey removes an access key of the root of an account.
func (a *Admin) DeleteRootKey(ctx context.Context, account, id string) error {
	return a.identities.DeleteKey(ctx, iam.Scope{Partition: "aws", Account: account}, iam.Holder{}, id)
}

// CreateUser makes a user with an access key, and attaches the managed policies.
func (a *Admin) CreateUser(ctx context.Context, account, name string, policies []string) (Credentials, error) {
	scope := iam.Scope{Partition: "aws", Account: account}
	if _, err := a.identities.Create(ctx, scope, iam.Proposal{Kind: iam.User, Name: name}); err != nil {
		return Credentials{}, err
	}
	for _, arn := range policies {
		if err := a.identities.Attach(ctx, scope, iam.User, name, arn); err != nil {
			return Credentials{}, err
		}
	}
	key, value, err := a.identities.CreateKey(ctx, scope, iam.Holder{UserName: name})
	return Credentials{key.ID, value}, err
}
