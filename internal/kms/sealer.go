package kms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
)

// DataKeys gives sealers for KMS keys that remember data keys for a while. It is safe for concurrent use.
//
// A key that is disabled, deleted or refused fails every use within the cache time, because what was allowed once is only believed that
// long. Refusals are not remembered, so a key that is enabled again works at once.
type DataKeys struct {
	service *Service
	cache   time.Duration

	mu   sync.Mutex
	kept map[cachedName]*cachedKey
}

// MaxCachedKeys is how many data keys are remembered; beyond it the oldest is forgotten.
const MaxCachedKeys = 10_000

// maxSeals bounds how many bodies share a data key: with random nonces AES-GCM admits 2^32, and this is far below.
const maxSeals = 1 << 20

// cachedName tells data keys apart, by all that decided whether they may be used. Text of any length is in digests.
type cachedName struct {
	keyARN, principal string
	context           [sha256.Size]byte
	wrapped           [sha256.Size]byte // zero for the one that seals
}

type cachedKey struct {
	plaintext, wrapped []byte
	until              time.Time
	seals              int
}

// NewDataKeys makes a cache. cache is how long an allowed use is believed, 60 s in the published service; 0 asks every time.
func NewDataKeys(s *Service, cache time.Duration) (*DataKeys, error) {
	if s == nil || cache < 0 {
		return nil, errors.New("kms data keys: no service or a negative cache time")
	}
	return &DataKeys{service: s, cache: cache, kept: map[cachedName]*cachedKey{}}, nil
}

// User is on whose behalf a key is used.
type User struct {
	// Principal keeps apart what one may do from what another may.
	Principal string
	// Permit fails where the user may not do operation with the key in this encryption context. nil permits everything.
	Permit func(ctx context.Context, keyARN string, operation Operation, encryptionContext map[string]string) error
}

// Sealer gives a sealer that keeps bodies under the KMS key with an ARN. Its refusals are faults of kind Denied that name the key.
func (d *DataKeys) Sealer(keyARN string, by User) envelope.Sealer {
	return envelope.NewDataKeySealer(source{d, keyARN, by})
}

// source gives one user's data keys of one KMS key.
type source struct {
	keys   *DataKeys
	keyARN string
	by     User
}

// GenerateDataKey implements envelope.KeySource.
func (s source) GenerateDataKey(ctx context.Context, encryptionContext map[string]string) (plaintext, wrapped []byte, err error) {
	name := s.name(encryptionContext)
	if plaintext, wrapped, ok := s.keys.recall(name, true); ok {
		return plaintext, wrapped, nil
	}
	now := s.keys.service.now()
	scope, err := s.allowed(ctx, OpGenerateDataKey, encryptionContext)
	if err != nil {
		return nil, nil, err
	}
	key, err := s.keys.service.GenerateDataKey(ctx, scope, DataKeyInput{
		Use: Use{KeyID: s.keyARN, EncryptionContext: encryptionContext}, Bytes: envelope.KeySize,
	}, string(OpGenerateDataKey))
	if err != nil {
		return nil, nil, s.refused(err)
	}
	s.keys.keep(name, key.Plaintext, key.Sealed.Ciphertext, now)
	return key.Plaintext, key.Sealed.Ciphertext, nil
}

// DecryptDataKey implements envelope.KeySource.
func (s source) DecryptDataKey(ctx context.Context, wrapped []byte, encryptionContext map[string]string) ([]byte, error) {
	name := s.name(encryptionContext)
	name.wrapped = sha256.Sum256(wrapped)
	if plaintext, _, ok := s.keys.recall(name, false); ok {
		return plaintext, nil
	}
	now := s.keys.service.now()
	scope, err := s.allowed(ctx, OpDecrypt, encryptionContext)
	if err != nil {
		return nil, err
	}
	opened, err := s.keys.service.Decrypt(ctx, scope, DecryptInput{
		Use: Use{KeyID: s.keyARN, EncryptionContext: encryptionContext}, Algorithm: material.SymmetricDefault, Ciphertext: wrapped,
	})
	if err != nil {
		return nil, s.refused(err)
	}
	s.keys.keep(name, opened.Plaintext, wrapped, now)
	return opened.Plaintext, nil
}

func (s source) name(encryptionContext map[string]string) cachedName {
	return cachedName{
		keyARN: s.keyARN, principal: s.by.Principal, context: sha256.Sum256(envelope.AppendContext(nil, encryptionContext)),
	}
}

// allowed gives the scope of the key if the user may do operation.
func (s source) allowed(ctx context.Context, operation Operation, encryptionContext map[string]string) (Scope, error) {
	named, err := arn.Parse(s.keyARN)
	if err != nil {
		return Scope{}, err
	}
	if s.by.Permit != nil {
		if err := s.by.Permit(ctx, s.keyARN, operation, encryptionContext); err != nil {
			return Scope{}, s.refused(err)
		}
	}
	return Scope{Partition: named.Partition, Region: named.Region, Account: named.Account}, nil
}

// refused makes every refusal one of access. That something could not be found out stays as it is, and so does a wrong ciphertext.
func (s source) refused(err error) error {
	var why Reason
	if errors.As(err, &why) && (why == InvalidCiphertext || why == IncorrectKey) {
		return envelope.ErrOpen
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Unavailable || f.Kind == fault.Timeout || f.Kind == fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Denied, "The KMS key %s cannot be used: it does not exist, is not enabled, or access to it was refused.", s.keyARN)
}

// recall gives copies of a data key that is still believed in.
func (d *DataKeys) recall(name cachedName, seals bool) (plaintext, wrapped []byte, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.kept[name]
	if k == nil {
		return nil, nil, false
	}
	if !d.service.now().Before(k.until) || k.seals >= maxSeals {
		d.forget(name)
		return nil, nil, false
	}
	if seals {
		k.seals++
	}
	return bytes.Clone(k.plaintext), k.wrapped, true
}

// keep remembers a copy of a data key that was allowed at a time.
func (d *DataKeys) keep(name cachedName, plaintext, wrapped []byte, allowed time.Time) {
	if d.cache == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.kept) >= MaxCachedKeys {
		d.makeRoom()
	}
	d.kept[name] = &cachedKey{plaintext: bytes.Clone(plaintext), wrapped: bytes.Clone(wrapped), until: allowed.Add(d.cache)}
}

// makeRoom forgets what has expired, and the key that expires next where that is nothing.
func (d *DataKeys) makeRoom() {
	now := d.service.now()
	var next cachedName
	var first time.Time
	for name, k := range d.kept {
		if !now.Before(k.until) {
			d.forget(name)
		} else if first.IsZero() || k.until.Before(first) {
			next, first = name, k.until
		}
	}
	if len(d.kept) >= MaxCachedKeys {
		d.forget(next)
	}
}

func (d *DataKeys) forget(name cachedName) {
	if k := d.kept[name]; k != nil {
		envelope.Zero(k.plaintext)
		delete(d.kept, name)
	}
}
