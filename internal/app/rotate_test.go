package app

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
)

func TestRootSecretRotation(t *testing.T) {
	t.Parallel()
	data, from, to := filepath.Join(t.TempDir(), "data"), newRootSecret(t), newRootSecret(t)
	if _, err := InitRootSecret(from.IdentityFile); !errors.Is(err, os.ErrExist) {
		t.Errorf("an existing root secret: %v", err)
	}
	p := plant(t, data, from, 3)
	old, remains := remainsOf(t, data, from)
	if len(remains) != p.sealed()+1 { // and the record of the wrapping keyset
		t.Fatalf("%d ciphertexts are kept, want %d", len(remains), p.sealed()+1)
	}
	for _, again := range []bool{false, true} { // the second finds nothing left to do
		changed, err := (RootSecretRotation{Data: data, From: from, To: to}).Run(t.Context())
		if want := p.sealed(); err != nil || !again && changed != want || again && changed != 0 {
			t.Fatalf("changed %d, %v; want %d at first, then none", changed, err, want)
		}
	}
	if err := p.open(t, data, from); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("the old root secret: %v", err)
	}
	if err := p.open(t, data, to); err != nil {
		t.Errorf("the new root secret: %v", err)
	}
	// No byte of what the old keyset sealed, or of the keyset itself, is left in any file, the free pages of the database included.
	for path, content := range filesOf(t, data) {
		for i, r := range remains {
			if bytes.Contains(content, r) {
				t.Errorf("%s still holds ciphertext %d of the old wrapping key", path, i)
			}
		}
	}
	_, renewed := remainsOf(t, data, to)
	for _, sealed := range renewed {
		for _, in := range p.contexts() {
			if _, err := old.Open(t.Context(), sealed, in); err == nil {
				t.Fatal("a ciphertext opens under the old wrapping key")
			}
		}
	}
}

// TestRotationOfTheWrappingKeyAlone: the root secret stays.
func TestRotationOfTheWrappingKeyAlone(t *testing.T) {
	t.Parallel()
	data, secret := filepath.Join(t.TempDir(), "data"), newRootSecret(t)
	p := plant(t, data, secret, 1)
	for range 2 {
		if changed, err := (RootSecretRotation{Data: data, From: secret, To: secret}).Run(t.Context()); err != nil || changed != p.sealed() {
			t.Fatalf("changed %d, %v; want %d", changed, err, p.sealed())
		}
	}
	if err := p.open(t, data, secret); err != nil {
		t.Error(err)
	}
}

func newRootSecret(t *testing.T) config.RootSecret {
	t.Helper()
	secret := config.RootSecret{IdentityFile: filepath.Join(t.TempDir(), "root")}
	if _, err := InitRootSecret(secret.IdentityFile); err != nil {
		t.Fatal(err)
	}
	return secret
}

// remainsOf gives the keyring of a folder and all the ciphertexts that it sealed, with the record of the keyring itself.
func remainsOf(t *testing.T, data string, secret config.RootSecret) (*envelope.Keyring, [][]byte) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	keyring, err := openKeyring(t.Context(), store, config.Resolved{Config: config.Config{RootSecret: secret}})
	if err != nil {
		t.Fatal(err)
	}
	record, err := store.WrappingRecord(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	audit, err := os.ReadFile(filepath.Join(data, auditFolder, "signing-key.sealed"))
	if err != nil {
		t.Fatal(err)
	}
	all := [][]byte{record, audit}
	err = errors.Join(
		store.KMS().View(t.Context(), func(tx kms.Tx) error {
			rows, err := tx.AllMaterials(0, 1000)
			for _, m := range rows {
				all = append(all, m.Wrapped)
			}
			return err
		}),
		store.IAM().View(t.Context(), func(tx iam.Tx) error {
			keys, err := tx.AllKeys(0, 1000)
			credentials, also := tx.AllServiceCredentials(0, 1000)
			for _, c := range append(keys, credentials...) {
				all = append(all, c.Sealed)
			}
			return errors.Join(err, also)
		}),
		store.Guardrails().View(t.Context(), func(tx guardrail.Tx) error {
			drafts, err := tx.AllDrafts(0, 1000)
			for _, d := range drafts {
				versions, also := tx.Versions(d.Scope, d.ID, guardrail.Draft, 1000)
				err = errors.Join(err, also)
				rows := []guardrail.Row{d}
				for _, v := range versions {
					row, also := tx.Version(v.Scope, v.ID, v.Version)
					rows, err = append(rows, row), errors.Join(err, also)
				}
				for _, row := range rows {
					if row.KMSKeyARN == "" {
						all = append(all, row.Config[1:])
					}
				}
			}
			return err
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return keyring, all
}

func filesOf(t *testing.T, data string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(data, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files[path], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	return files
}
