package envelope

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// recordVersion is the format of the record that this code writes and reads.
const recordVersion = 1

// record is the wrapping keyset as a store keeps it: JSON, so that a person can see which root secrets open it.
type record struct {
	Version int `json:"version"`
	// Rotating says that ciphertexts under older keys of the keyset may still be about.
	Rotating bool `json:"rotating,omitempty"`
	// Copies are the same keyset under each root secret that opens it: two while a rotation is under way.
	Copies []wrappedCopy `json:"copies"`
}

type wrappedCopy struct {
	Root    string `json:"root"`
	Wrapped []byte `json:"wrapped"`
}

// openedRecord is a record that a root secret has opened.
type openedRecord struct {
	raw      []byte
	rotating bool
	keys     *Keyset
}

// newRecord wraps keys under every root.
func newRecord(ctx context.Context, keys *Keyset, rotating bool, roots ...Root) ([]byte, error) {
	clear, err := keys.clear()
	if err != nil {
		return nil, err
	}
	defer Zero(clear)
	r := record{Version: recordVersion, Rotating: rotating}
	for _, root := range roots {
		wrapped, err := root.Wrap(ctx, clear)
		if err != nil {
			return nil, fmt.Errorf("wrap the keyset under root secret %s: %w", root.Name(), err)
		}
		r.Copies = append(r.Copies, wrappedCopy{Root: root.Name(), Wrapped: wrapped})
	}
	return json.Marshal(r)
}

// readRecord opens the store's record with root.
func readRecord(ctx context.Context, store Store, root Root) (openedRecord, error) {
	raw, err := store.WrappingRecord(ctx)
	if err != nil {
		return openedRecord{}, fmt.Errorf("read wrapping keyset: %w", err)
	}
	if raw == nil {
		return openedRecord{}, ErrNoRecord
	}
	var r record
	if err := json.Unmarshal(raw, &r); err != nil {
		return openedRecord{}, fmt.Errorf("read wrapping keyset: %w", err)
	}
	if r.Version != recordVersion {
		return openedRecord{}, fmt.Errorf("the wrapping keyset has format %d, this merlon knows %d", r.Version, recordVersion)
	}
	for _, c := range r.Copies {
		if c.Root != root.Name() {
			continue
		}
		clear, err := root.Unwrap(ctx, c.Wrapped)
		if errors.Is(err, ErrOpen) {
			continue // another root secret of the same name
		}
		if err != nil {
			return openedRecord{}, fmt.Errorf("open the keyset with root secret %s: %w", root.Name(), err)
		}
		defer Zero(clear)
		keys, err := fromClear(clear)
		return openedRecord{raw: raw, rotating: r.Rotating, keys: keys}, err
	}
	return openedRecord{}, fmt.Errorf("root secret %s is not the one of this store: %w", root.Name(), ErrOpen)
}
