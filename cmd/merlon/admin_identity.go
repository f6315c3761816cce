package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
)

// folder names the data folder of an offline command and what opens it.
type folder struct {
	Config string `help:"YAML configuration file, for the root secret and the data folder." placeholder:"FILE"`
	Data   string `help:"Data folder." placeholder:"DIR"`
	Dev    bool   `help:"The folder belongs to a server in dev mode, which keeps its own root secret."`
}

// with runs act on the data folder, while no server has it open.
func (f *folder) with(w *world, act func(context.Context, *app.Admin) error) (err error) {
	c, err := config.Load(f.Config, w.environ)
	if err != nil {
		return err
	}
	if f.Data != "" {
		c.Data = f.Data
	}
	resolved, err := config.Resolve(c, f.Dev)
	if err != nil {
		return err
	}
	ctx := context.Background()
	admin, err := app.OpenAdmin(ctx, resolved)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.Close()) }()
	return act(ctx, admin)
}

// show prints new credentials in the form that a shell can read back in.
func show(w *world, c app.Credentials) error {
	_, err := fmt.Fprintf(w.stdout, "export AWS_ACCESS_KEY_ID=%s\nexport AWS_SECRET_ACCESS_KEY=%s\n", c.AccessKeyID, c.Secret.Reveal())
	return err
}

type accountCommand struct {
	Create accountCreateCommand `cmd:"" help:"Make an account and print an access key of its root, once."`
	List   accountListCommand   `cmd:"" help:"List the accounts that were made here."`
}

type accountCreateCommand struct {
	folder
	ID   string `arg:"" help:"12 digits."`
	Name string `help:"A name for people."`
}

// Run makes the account.
func (c *accountCreateCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error {
		key, err := a.CreateAccount(ctx, c.ID, c.Name)
		if err != nil {
			return err
		}
		return show(w, key)
	})
}

type accountListCommand struct{ folder }

// Run prints a line for each account.
func (c *accountListCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error {
		accounts, err := a.Accounts(ctx)
		for _, account := range accounts {
			fmt.Fprintf(w.stdout, "%s\t%s\t%s\n", account.ID, account.CreatedAt.Format(time.RFC3339), account.Name)
		}
		return err
	})
}

type rootKeyCommand struct {
	Create rootKeyCreateCommand `cmd:"" help:"Make a further access key of an account's root and print it, once."`
	List   rootKeyListCommand   `cmd:"" help:"List the access keys of an account's root that were made here."`
	Delete rootKeyDeleteCommand `cmd:"" help:"Remove an access key of an account's root."`
}

type rootKeyCreateCommand struct {
	folder
	Account string `arg:"" help:"12 digits."`
}

// Run makes the key.
func (c *rootKeyCreateCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error {
		key, err := a.CreateRootKey(ctx, c.Account)
		if err != nil {
			return err
		}
		return show(w, key)
	})
}

type rootKeyListCommand struct {
	folder
	Account string `arg:"" help:"12 digits."`
}

// Run prints a line for each key.
func (c *rootKeyListCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error {
		keys, err := a.RootKeys(ctx, c.Account)
		for _, key := range keys {
			fmt.Fprintf(w.stdout, "%s\t%s\t%s\n", key.ID, key.Status, key.CreatedAt.Format(time.RFC3339))
		}
		return err
	})
}

type rootKeyDeleteCommand struct {
	folder
	Account     string `arg:"" help:"12 digits."`
	AccessKeyID string `arg:"" help:"The key to remove."`
}

// Run removes the key.
func (c *rootKeyDeleteCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error { return a.DeleteRootKey(ctx, c.Account, c.AccessKeyID) })
}

type userCommand struct {
	Create userCreateCommand `cmd:"" help:"Make a user with an access key and print it, once."`
}

type userCreateCommand struct {
	folder
	Account string   `arg:"" help:"12 digits."`
	Name    string   `arg:"" help:"The user's name."`
	Policy  []string `help:"ARN of a managed policy to attach; may be repeated." default:"arn:aws:iam::aws:policy/AdministratorAccess" placeholder:"ARN"`
}

// Run makes the user.
func (c *userCreateCommand) Run(w *world) error {
	return c.with(w, func(ctx context.Context, a *app.Admin) error {
		key, err := a.CreateUser(ctx, c.Account, c.Name, c.Policy)
		if err != nil {
			return err
		}
		return show(w, key)
	})
}
