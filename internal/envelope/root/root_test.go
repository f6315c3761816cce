package root_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
)

func TestIdentity(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "root")
	made, err := root.GenerateIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := root.GenerateIdentity(path); err == nil {
		t.Error("an existing root secret was overwritten")
	}
	read, err := root.ReadOrGenerateIdentity(path)
	if err != nil {
		t.Fatal(err)
	}
	if read.Name() != made.Name() {
		t.Errorf("%s read back as %s", made.Name(), read.Name())
	}
	classic := filepath.Join(t.TempDir(), "classic")
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write(t, classic, "# created: today\n"+identity.String()+"\n", 0o600)
	other, err := root.ReadIdentity(classic)
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, made, read, other)
	roundTrip(t, other, other, made)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Split(string(content), "\n")[1]
	if shown := fmt.Sprintf("%v %s", made.Name(), made.Name()); strings.Contains(shown, key) {
		t.Error("the name shows the key")
	}
}

func TestPassphrase(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("scrypt takes a second a try")
	}
	path := filepath.Join(t.TempDir(), "passphrase")
	write(t, path, "correct horse battery staple\n", 0o640)
	one, err := root.ReadPassphrase(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := root.ReadPassphrase(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path+"2", "correct horse battery stable", 0o600)
	other, err := root.ReadPassphrase(path + "2")
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, one, again, other)
}

// roundTrip wraps with one and unwraps with same; other must not.
func roundTrip(t *testing.T, one, same, other envelope.Root) {
	t.Helper()
	secret := []byte("wrapping keyset")
	wrapped, err := one.Wrap(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(wrapped, secret) {
		t.Error("the wrapped text shows the secret")
	}
	if got, err := same.Unwrap(t.Context(), wrapped); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := other.Unwrap(t.Context(), wrapped); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("another root secret: %v", err)
	}
	wrapped[len(wrapped)-1] ^= 1
	if _, err := same.Unwrap(t.Context(), wrapped); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("a changed bit: %v", err)
	}
}

func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := identity.String() + "\n"
	for name, c := range map[string]struct {
		content    string
		mode       os.FileMode
		passphrase bool
		want       string
	}{
		"open identity":       {key, 0o644, false, "chmod 600"},
		"open passphrase":     {"correct horse battery", 0o604, true, "chmod 600"},
		"short passphrase":    {"tooshort\n", 0o600, true, "fewer than 16"},
		"long passphrase":     {strings.Repeat("x", 1<<17), 0o600, true, "131072 bytes"},
		"two lines":           {"correct horse battery\nstaple staple\n", 0o600, true, "more than one line"},
		"no identity":         {"AGE-SECRET-KEY-1NOTONE\n", 0o600, false, "not an age identity file"},
		"two identities":      {key + key, 0o600, false, "2 identities"},
		"a scrypt passphrase": {"correct horse battery staple\n", 0o600, false, "not an age identity file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "root")
			write(t, path, c.content, c.mode)
			var err error
			if c.passphrase {
				_, err = root.ReadPassphrase(path)
			} else {
				_, err = root.ReadIdentity(path)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if strings.Contains(err.Error(), strings.TrimSpace(c.content)) {
				t.Error("the error shows the secret")
			}
		})
	}
	if _, err := root.ReadIdentity(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func write(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask says
		t.Fatal(err)
	}
}
