package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
)

func TestRootSecretRotation(t *testing.T) {
	t.Parallel()
	data, secrets := filepath.Join(t.TempDir(), "data"), t.TempDir()
	from, to := config.RootSecret{IdentityFile: filepath.Join(secrets, "1")}, config.RootSecret{IdentityFile: filepath.Join(secrets, "2")}
	for _, s := range []config.RootSecret{from, to} {
		if _, err := InitRootSecret(s.IdentityFile); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := InitRootSecret(from.IdentityFile); !errors.Is(err, os.ErrExist) {
		t.Errorf("an existing root secret: %v", err)
	}
	scope := kms.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}
	// with runs work on the folder as a server with a root secret would.
	with := func(secret config.RootSecret, work func(*kms.Service, *guardrail.Service) error) error {
		store, err := sqlite.Open(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		keyring, err := openKeyring(t.Context(), store, config.Resolved{Config: config.Config{RootSecret: secret}})
		if err != nil {
			return err
		}
		keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: keyring, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		guardrailKeys, err := newGuardrailKeys(keys, keyring, 0)
		if err != nil {
			t.Fatal(err)
		}
		guardrails, err := guardrail.NewService(guardrail.Options{
			Store: store.Guardrails(), Keys: guardrailKeys, CheckRegex: func(string) error { return nil }, Now: time.Now,
			NewID: func() string { return ident.Lower(12) },
		})
		if err != nil {
			t.Fatal(err)
		}
		return work(keys, guardrails)
	}
	var sealed []byte
	var guards []string
	if err := with(from, func(keys *kms.Service, guardrails *guardrail.Service) error {
		for _, key := range []string{"", "alias/aws/bedrock"} {
			made, err := guardrails.Create(t.Context(), guardrail.Scope(scope), guardrail.CreateInput{Proposal: guardrail.Proposal{KMSKey: key, Config: guardrail.Config{
				Name: "under" + filepath.Base(key), BlockedInput: "no", BlockedOutput: "no", Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: "w"}}},
			}}})
			if err != nil {
				return err
			}
			guards = append(guards, made.ID)
		}
		out, err := keys.Encrypt(t.Context(), scope, kms.EncryptInput{Use: kms.Use{KeyID: "alias/aws/bedrock"}, Plaintext: []byte("x")})
		sealed = out.Ciphertext
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds nothing left to do
		if _, err := (RootSecretRotation{Data: data, From: from, To: to}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	open := func(keys *kms.Service, guardrails *guardrail.Service) error {
		for _, id := range guards {
			if g, err := guardrails.Get(t.Context(), guardrail.Scope(scope), id, guardrail.Draft); err != nil || g.Words.Words[0].Text != "w" {
				return fmt.Errorf("guardrail %s: %w", id, err)
			}
		}
		_, err := keys.Decrypt(t.Context(), scope, kms.DecryptInput{Ciphertext: sealed})
		return err
	}
	if err := with(from, open); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("the old root secret: %v", err)
	}
	if err := with(to, open); err != nil {
		t.Errorf("the new root secret: %v", err)
	}
	if _, err := root.ReadIdentity(to.IdentityFile); err != nil {
		t.Error(err)
	}
}
