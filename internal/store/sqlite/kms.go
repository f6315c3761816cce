package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// KMS is the store of the kms domain.
type KMS struct{ store *Store }

var _ kms.Store = KMS{}

// KMS gives the store's side for the kms domain.
func (s *Store) KMS() KMS { return KMS{s} }

// View runs read on one consistent state.
func (k KMS) View(ctx context.Context, read func(kms.Tx) error) error {
	return k.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		return read(&kmsTx{ctx: ctx, queries: q, readOnly: true})
	})
}

// Update runs write and returns when what it wrote is on disk.
func (k KMS) Update(ctx context.Context, write func(kms.Tx) error) error {
	return k.store.update(ctx, func(q *db.Queries) error {
		return write(&kmsTx{ctx: context.Background(), queries: q})
	})
}

// kmsTx lives as long as one closure, like its context.
type kmsTx struct {
	ctx      context.Context
	queries  *db.Queries
	readOnly bool
}

// write runs a statement, unless this is a view.
func (t *kmsTx) write(what string, run func() error) error {
	if t.readOnly {
		return fmt.Errorf("%s: %w", what, errReadOnly)
	}
	return kmsFailed(what, run())
}

// change is write for statements that must have changed a row.
func (t *kmsTx) change(what string, run func() (int64, error)) error {
	return t.write(what, func() error {
		n, err := run()
		if err == nil && n == 0 {
			return sql.ErrNoRows
		}
		return err
	})
}

// kmsFailed says what was being done, and turns the driver's word for a missing row into the domain's.
func kmsFailed(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return kms.ErrNoRow
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// listed gives the rows of a list as the domain's.
func listed[R, D any](what string, rows []R, err error, domain func(R) (D, error)) ([]D, error) {
	if err != nil {
		return nil, kmsFailed(what, err)
	}
	out := make([]D, len(rows))
	for i, r := range rows {
		if out[i], err = domain(r); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	return out, nil
}

// storedOrUnset and restoredOrUnset turn times that may be unset into columns and back.
func storedOrUnset(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return stored(t)
}

func restoredOrUnset(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return restored(micros)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
