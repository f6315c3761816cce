//go:build pkcs11

package root

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/miekg/pkcs11"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/secret"
)

// The sizes of AES-GCM in bytes, and its tag in bits as PKCS #11 wants it.
const (
	gcmNonce   = 12
	gcmTagBits = 128
)

// token wraps data keys under an AES key that never leaves a PKCS #11 token.
type token struct {
	config PKCS11Config
	pin    secret.String

	mu     sync.Mutex // one session at a time: a login counts for the whole process
	module *pkcs11.Ctx
	slot   uint
}

var _ envelope.KeySource = (*token)(nil)

// NewPKCS11 loads the module, for as long as the process lives, and looks for token and key.
func NewPKCS11(c PKCS11Config) (envelope.Root, error) {
	pin, err := readSecret(c.PINFile)
	if err != nil {
		return nil, err
	}
	defer envelope.Zero(pin)
	t := &token{config: c, pin: secret.New(strings.TrimRight(string(pin), "\r\n")), module: pkcs11.New(c.Module)}
	if t.module == nil {
		return nil, fmt.Errorf("pkcs11: %s is not a PKCS #11 module", c.Module)
	}
	if err := t.module.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return nil, fmt.Errorf("pkcs11: initialize: %w", err)
	}
	if t.slot, err = t.find(); err != nil {
		return nil, err
	}
	err = t.with(func(pkcs11.SessionHandle, pkcs11.ObjectHandle) error { return nil })
	return hardware{"pkcs11:token=" + c.Token + ";object=" + c.Key, t}, err
}

// find gives the slot of the token with the configured label.
func (t *token) find() (uint, error) {
	slots, err := t.module.GetSlotList(true)
	if err != nil {
		return 0, fmt.Errorf("pkcs11: list tokens: %w", err)
	}
	found, number := uint(0), 0
	for _, slot := range slots {
		info, err := t.module.GetTokenInfo(slot)
		if err != nil {
			continue // a slot whose token went away meanwhile
		}
		if strings.TrimRight(info.Label, " \x00") == t.config.Token {
			found, number = slot, number+1
		}
	}
	if number != 1 {
		return 0, fmt.Errorf("pkcs11: %d tokens have the label %q, want one", number, t.config.Token)
	}
	return found, nil
}

// GenerateDataKey implements envelope.KeySource.
func (t *token) GenerateDataKey(context.Context, map[string]string) (plaintext, wrapped []byte, err error) {
	plaintext, nonce := make([]byte, envelope.KeySize), make([]byte, gcmNonce)
	rand.Read(plaintext)
	rand.Read(nonce)
	err = t.with(func(session pkcs11.SessionHandle, key pkcs11.ObjectHandle) error {
		parameters := pkcs11.NewGCMParams(nonce, nil, gcmTagBits)
		defer parameters.Free()
		if err := t.module.EncryptInit(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, parameters)}, key); err != nil {
			return fmt.Errorf("pkcs11: encrypt: %w", err)
		}
		body, err := t.module.Encrypt(session, plaintext)
		if err != nil {
			return fmt.Errorf("pkcs11: encrypt: %w", err)
		}
		// Tokens that follow FIPS 140 draw the nonce themselves.
		wrapped = append(bytes.Clone(parameters.IV()), body...)
		return nil
	})
	return plaintext, wrapped, err
}

// DecryptDataKey implements envelope.KeySource.
func (t *token) DecryptDataKey(_ context.Context, wrapped []byte, _ map[string]string) (plaintext []byte, err error) {
	if len(wrapped) != gcmNonce+envelope.KeySize+gcmTagBits/8 {
		return nil, envelope.ErrOpen
	}
	err = t.with(func(session pkcs11.SessionHandle, key pkcs11.ObjectHandle) error {
		parameters := pkcs11.NewGCMParams(wrapped[:gcmNonce], nil, gcmTagBits)
		defer parameters.Free()
		if err := t.module.DecryptInit(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, parameters)}, key); err != nil {
			return fmt.Errorf("pkcs11: decrypt: %w", err)
		}
		var err error
		plaintext, err = t.module.Decrypt(session, wrapped[gcmNonce:])
		var refused pkcs11.Error
		switch {
		case !errors.As(err, &refused):
			return err
		case refused == pkcs11.CKR_ENCRYPTED_DATA_INVALID, refused == pkcs11.CKR_ENCRYPTED_DATA_LEN_RANGE,
			refused == pkcs11.CKR_GENERAL_ERROR && t.alive(session): // SoftHSM's word for a tag that does not fit
			return envelope.ErrOpen
		default:
			return fmt.Errorf("pkcs11: decrypt: %w", err)
		}
	})
	return plaintext, err
}

// alive reports whether the token still answers in a session: then what failed was not the token.
func (t *token) alive(session pkcs11.SessionHandle) bool {
	_, err := t.module.GetSessionInfo(session)
	return err == nil
}

// with runs work in a session that has logged in, with the key.
func (t *token) with(work func(pkcs11.SessionHandle, pkcs11.ObjectHandle) error) (err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	session, err := t.module.OpenSession(t.slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return fmt.Errorf("pkcs11: open session: %w", err)
	}
	defer func() { err = errors.Join(err, t.module.CloseSession(session)) }()
	if err := t.module.Login(session, pkcs11.CKU_USER, t.pin.Reveal()); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		return fmt.Errorf("pkcs11: log in: %w", err)
	}
	if err := t.module.FindObjectsInit(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_SECRET_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, pkcs11.CKK_AES),
		pkcs11.NewAttribute(pkcs11.CKA_LABEL, t.config.Key),
	}); err != nil {
		return fmt.Errorf("pkcs11: look for the key: %w", err)
	}
	keys, _, err := t.module.FindObjects(session, 2)
	if err = errors.Join(err, t.module.FindObjectsFinal(session)); err != nil {
		return fmt.Errorf("pkcs11: look for the key: %w", err)
	}
	if len(keys) != 1 {
		return fmt.Errorf("pkcs11: %d AES keys have the label %q, want one; hint: pkcs11-tool --login --keygen --key-type AES:32 --label %s", len(keys), t.config.Key, t.config.Key)
	}
	return work(session, keys[0])
}
