//go:build tpm

package root

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"

	"merlon.dev/merlon/internal/envelope"
)

// aesBits is the key size of encrypted sessions that every TPM 2.0 has.
const aesBits = 128

// tpm seals data keys under the storage root key that a TPM derives from its owner seed: what it has sealed opens on the same machine
// alone, until somebody clears the TPM. Keys cross the bus in encrypted sessions.
type tpm struct{ device string }

var _ envelope.KeySource = tpm{}

// NewTPM asks the TPM for its storage root key. Its owner hierarchy must have no password.
func NewTPM(c TPMConfig) (envelope.Root, error) {
	t := tpm{c.Device}
	name := ""
	err := t.with(func(_ transport.TPM, root *tpm2.CreatePrimaryResponse) error {
		name = "tpm:" + hex.EncodeToString(root.Name.Buffer)
		return nil
	})
	return hardware{name, t}, err
}

// GenerateDataKey implements envelope.KeySource.
func (t tpm) GenerateDataKey(context.Context, map[string]string) (plaintext, wrapped []byte, err error) {
	plaintext = make([]byte, envelope.KeySize)
	rand.Read(plaintext)
	err = t.with(func(device transport.TPM, root *tpm2.CreatePrimaryResponse) error {
		session, err := encrypted(root, tpm2.AESEncryption(aesBits, tpm2.EncryptIn))
		if err != nil {
			return err
		}
		sealed, err := tpm2.Create{
			ParentHandle: tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: session},
			InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
				Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: plaintext}),
			}},
			InPublic: tpm2.New2B(tpm2.TPMTPublic{
				Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
				ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true},
			}),
		}.Execute(device)
		if err != nil {
			return fmt.Errorf("tpm: seal: %w", err)
		}
		wrapped = append(tpm2.Marshal(sealed.OutPublic), tpm2.Marshal(sealed.OutPrivate)...)
		return nil
	})
	return plaintext, wrapped, err
}

// DecryptDataKey implements envelope.KeySource.
func (t tpm) DecryptDataKey(_ context.Context, wrapped []byte, _ map[string]string) (plaintext []byte, err error) {
	public, private, err := splitSealed(wrapped)
	if err != nil {
		return nil, err
	}
	err = t.with(func(device transport.TPM, root *tpm2.CreatePrimaryResponse) error {
		loaded, err := tpm2.Load{
			ParentHandle: tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: tpm2.PasswordAuth(nil)},
			InPrivate:    *private, InPublic: *public,
		}.Execute(device)
		if errors.Is(err, tpm2.TPMRCIntegrity) {
			return envelope.ErrOpen // another TPM sealed it, or this one before it was cleared
		}
		if err != nil {
			return fmt.Errorf("tpm: load: %w", err)
		}
		defer flush(device, loaded.ObjectHandle)
		session, err := encrypted(root, tpm2.AESEncryption(aesBits, tpm2.EncryptOut))
		if err != nil {
			return err
		}
		opened, err := tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: session}}.Execute(device)
		if err != nil {
			return fmt.Errorf("tpm: unseal: %w", err)
		}
		plaintext = opened.OutData.Buffer
		return nil
	})
	return plaintext, err
}

// splitSealed takes apart what GenerateDataKey joined: each part stands behind its length in two bytes.
func splitSealed(wrapped []byte) (*tpm2.TPM2BPublic, *tpm2.TPM2BPrivate, error) {
	cut := func() []byte {
		if len(wrapped) < 2 {
			return nil
		}
		size := 2 + int(wrapped[0])<<8 + int(wrapped[1])
		if size > len(wrapped) {
			return nil
		}
		part := wrapped[:size]
		wrapped = wrapped[size:]
		return part
	}
	public, err := tpm2.Unmarshal[tpm2.TPM2BPublic](cut())
	if err != nil {
		return nil, nil, envelope.ErrOpen
	}
	private, err := tpm2.Unmarshal[tpm2.TPM2BPrivate](cut())
	if err != nil || len(wrapped) > 0 {
		return nil, nil, envelope.ErrOpen
	}
	return public, private, nil
}

// with runs work with the TPM's storage root key, which it makes anew each time: it is derived, so it is always the same.
func (t tpm) with(work func(transport.TPM, *tpm2.CreatePrimaryResponse) error) (err error) {
	device, err := openTPM(t.device)
	if err != nil {
		return fmt.Errorf("tpm: open: %w", err)
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	root, err := tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(device)
	if err != nil {
		return fmt.Errorf("tpm: derive the storage root key: %w", err)
	}
	defer flush(device, root.ObjectHandle)
	return work(device, root)
}

func openTPM(path string) (transport.TPMCloser, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSocket != 0 {
		return linuxudstpm.Open(path)
	}
	return linuxtpm.Open(path)
}

// encrypted gives a session with parameters under a key that only the TPM with the root key can know.
func encrypted(root *tpm2.CreatePrimaryResponse, parameters tpm2.AuthOption) (tpm2.Session, error) {
	public, err := root.OutPublic.Contents()
	if err != nil {
		return nil, fmt.Errorf("tpm: read the storage root key: %w", err)
	}
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, tpm2.Auth(nil), parameters, tpm2.Salted(root.ObjectHandle, *public)), nil
}

// flush frees the TPM's memory of an object; where it fails, the resource manager frees it when the device is closed.
func flush(device transport.TPM, handle tpm2.TPMHandle) {
	_, _ = tpm2.FlushContext{FlushHandle: handle}.Execute(device)
}
