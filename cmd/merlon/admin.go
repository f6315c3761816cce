package main

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
)

type adminCommand struct {
	RootSecret rootSecretCommand `cmd:"" help:"Make or change the root secret, which protects everything that is kept sealed."`
	Account    accountCommand    `cmd:"" help:"Make and list accounts, while no server has the data folder open."`
	RootKey    rootKeyCommand    `cmd:"" help:"Make, list and remove access keys of an account's root."`
	User       userCommand       `cmd:"" help:"Make the first user of an account."`

	Invocations invocationsCommand `cmd:"" help:"Print the recorded calls of models as lines of JSON, oldest first, while no server has the data folder open."`
}

type rootSecretCommand struct {
	Init   rootSecretInitCommand   `cmd:"" help:"Make an identity file. Keep a copy of it elsewhere: without it nothing can be read again."`
	Rotate rootSecretRotateCommand `cmd:"" help:"Put a data folder under another root secret and a new wrapping key, while no server has it open. Where it was cut off, both root secrets open the folder until the same command has succeeded."`
}

type rootSecretInitCommand struct {
	IdentityFile string `help:"File to make; it must not exist." placeholder:"FILE" required:""`
}

// Run makes the file and prints its public name.
func (c *rootSecretInitCommand) Run(w *world) error {
	name, err := app.InitRootSecret(c.IdentityFile)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "root secret %s\nhint: set root_secret.identity_file to %s, and keep a copy elsewhere\n", name, c.IdentityFile)
	return err
}

type rootSecretRotateCommand struct {
	Data           string `help:"Data folder." placeholder:"DIR" required:""`
	FromIdentity   string `help:"Identity file of the present root secret." placeholder:"FILE" xor:"from" required:""`
	FromPassphrase string `help:"Passphrase file of the present root secret." placeholder:"FILE" xor:"from" required:""`
	FromConfig     string `help:"Configuration file that names the present root secret, of any kind." placeholder:"FILE" xor:"from" required:""`
	ToIdentity     string `help:"Identity file of the new root secret; it may be the present one." placeholder:"FILE" xor:"to" required:""`
	ToPassphrase   string `help:"Passphrase file of the new root secret." placeholder:"FILE" xor:"to" required:""`
	ToConfig       string `help:"Configuration file that names the new root secret, of any kind." placeholder:"FILE" xor:"to" required:""`
}

// named gives the root secret of a configuration file, or where there is none the one with the given files.
func named(file string, given config.RootSecret) (config.RootSecret, error) {
	if file == "" {
		return given, nil
	}
	c, err := config.Load(file, nil)
	if err != nil {
		return given, err
	}
	return c.RootSecret, c.RootSecret.Check()
}

// Run rotates and prints what was done.
func (c *rootSecretRotateCommand) Run(w *world) error {
	from, err := named(c.FromConfig, config.RootSecret{IdentityFile: c.FromIdentity, PassphraseFile: c.FromPassphrase})
	if err != nil {
		return err
	}
	to, err := named(c.ToConfig, config.RootSecret{IdentityFile: c.ToIdentity, PassphraseFile: c.ToPassphrase})
	if err != nil {
		return err
	}
	changed, err := app.RootSecretRotation{Data: c.Data, From: from, To: to}.Run(context.Background())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "the new root secret alone opens the folder; %d ciphertexts were put under a new wrapping key\n", changed)
	return err
}
