// Package root holds the root secrets that the wrapping keyset can be wrapped under.
package root

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"

	"merlon.dev/merlon/internal/envelope"
)

// seal encrypts plaintext to recipient as a small age file.
func seal(plaintext []byte, recipient age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if _, err := w.Write(plaintext); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	return out.Bytes(), nil
}

// open decrypts what seal made.
func open(wrapped []byte, identity age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(wrapped), identity)
	if err != nil {
		return nil, envelope.ErrOpen
	}
	plaintext, err := io.ReadAll(r)
	if err != nil {
		return nil, envelope.ErrOpen
	}
	return plaintext, nil
}

// readSecret reads a file that nobody but its owner and group may read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("find root secret: %w", err)
	}
	if info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("root secret %s is open to every user of this machine; hint: chmod 600 %s", path, path)
	}
	if info.Size() > 1<<16 {
		return nil, fmt.Errorf("root secret %s has %d bytes: that is no root secret", path, info.Size())
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read root secret: %w", err)
	}
	return content, nil
}

// writeSecret makes a file that was not there before. It is whole on disk, with its name, when it returns nil.
func writeSecret(path string, content []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("make root secret: %w", err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write root secret: %w", err), os.Remove(path))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write root secret: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}
