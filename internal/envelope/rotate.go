package envelope

import (
	"context"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Holder is a part of the server that keeps ciphertexts of the keyring's.
type Holder interface {
	// Rewrap puts every ciphertext under k's newest key and says how many it changed. It may be called again after it was cut off,
	// and then goes on with what is left. When it gives no error, no ciphertext of an older key is left.
	Rewrap(ctx context.Context, k *Keyring) (changed int, err error)
}

// Rotation is a change of the root secret and of the wrapping key.
type Rotation struct {
	Store Store
	// From opens the keyset now; To shall open it, and it alone, afterwards. They may be the same: then only the wrapping key is new.
	From, To Root
	// Holders are all who keep ciphertexts, which are put under the new wrapping key: what is left out never opens again.
	Holders []Holder
}

// Run rotates and says how many ciphertexts were put under the new key.
//
// The steps are: keep the keyset with a new key, under both root secrets; re-wrap everything; keep the new key alone, under the new
// root secret alone. Each is durable before the next. Where Run was cut off, calling it again with the same root secrets completes
// it, and until then both root secrets open the store. No server may be running on the store meanwhile.
func (r Rotation) Run(ctx context.Context) (changed int, err error) {
	begun, err := r.begin(ctx)
	if err != nil || begun.keys == nil {
		return 0, err
	}
	keyring := &Keyring{begun.keys}
	for _, h := range r.Holders {
		n, err := h.Rewrap(ctx, keyring)
		changed += n
		if err != nil {
			return changed, fmt.Errorf("re-wrap: %w", err)
		}
	}
	return changed, r.finish(ctx, begun)
}

// begin gives the record of a rotation under way, or one without keys where nothing is left to do.
func (r Rotation) begin(ctx context.Context) (openedRecord, error) {
	now, err := readRecord(ctx, r.Store, r.From)
	if errors.Is(err, ErrOpen) {
		// A rotation that was cut off after its last step left the new root secret alone.
		if last, again := readRecord(ctx, r.Store, r.To); again == nil && !last.rotating {
			return openedRecord{}, nil
		}
	}
	if err != nil {
		return openedRecord{}, err
	}
	if now.rotating {
		if _, err := readRecord(ctx, r.Store, r.To); err != nil {
			return openedRecord{}, fmt.Errorf("another rotation is under way, to another root secret; complete that one first: %w", err)
		}
		return now, nil
	}
	keys, err := addWrappingKey(keyset.NewManagerFromHandle(now.keys.handle))
	if err != nil {
		return openedRecord{}, err
	}
	return r.replace(ctx, now, openedRecord{rotating: true, keys: keys}, r.From, r.To)
}

// finish drops the old keys and the old root secret.
func (r Rotation) finish(ctx context.Context, now openedRecord) error {
	manager := keyset.NewManagerFromHandle(now.keys.handle)
	for _, k := range now.keys.handle.KeysetInfo().GetKeyInfo() {
		if k.GetKeyId() == now.keys.handle.KeysetInfo().GetPrimaryKeyId() {
			continue
		}
		if err := manager.Delete(k.GetKeyId()); err != nil {
			return fmt.Errorf("drop old wrapping key: %w", err)
		}
	}
	handle, err := manager.Handle()
	if err != nil {
		return fmt.Errorf("drop old wrapping keys: %w", err)
	}
	keys, err := fromHandle(handle)
	if err != nil {
		return err
	}
	_, err = r.replace(ctx, now, openedRecord{keys: keys}, r.To)
	return err
}

// replace keeps next in the place of now, under the given root secrets.
func (r Rotation) replace(ctx context.Context, now, next openedRecord, roots ...Root) (openedRecord, error) {
	if len(roots) == 2 && roots[0] == roots[1] {
		roots = roots[:1]
	}
	raw, err := newRecord(ctx, next.keys, next.rotating, roots...)
	if err != nil {
		return openedRecord{}, err
	}
	if err := r.Store.ReplaceWrappingRecord(ctx, now.raw, raw); err != nil {
		return openedRecord{}, fmt.Errorf("keep wrapping keyset: %w", err)
	}
	next.raw = raw
	return next, nil
}
