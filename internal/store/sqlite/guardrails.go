package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// Guardrails is the store of the guardrail domain.
type Guardrails struct{ store *Store }

var _ guardrail.Store = Guardrails{}

// Guardrails gives the store's side for the guardrail domain.
func (s *Store) Guardrails() Guardrails { return Guardrails{s} }

// View runs read on one consistent state.
func (g Guardrails) View(ctx context.Context, read func(guardrail.Tx) error) error {
	return g.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		return read(&guardrailTx{ctx: ctx, queries: q, readOnly: true})
	})
}

// Update runs write and returns when what it wrote is on disk.
func (g Guardrails) Update(ctx context.Context, write func(guardrail.Tx) error) error {
	return g.store.update(ctx, func(q *db.Queries) error {
		return write(&guardrailTx{ctx: context.Background(), queries: q})
	})
}

// guardrailTx lives as long as one closure, like its context.
type guardrailTx struct {
	ctx      context.Context
	queries  *db.Queries
	readOnly bool
}

var errReadOnly = errors.New("write inside a view")

// writing gives an error inside a view.
func (t *guardrailTx) writing(what string) error {
	if t.readOnly {
		return fmt.Errorf("%s: %w", what, errReadOnly)
	}
	return nil
}

// failed says what was being done, and turns the driver's word for a missing row into the domain's.
func failed(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return guardrail.ErrNoRow
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// changed is failed for statements that must have changed a row.
func changed(what string, rows int64, err error) error {
	if err == nil && rows == 0 {
		return guardrail.ErrNoRow
	}
	return failed(what, err)
}

// stored and restored turn times into columns and back.
func stored(t time.Time) int64        { return t.UnixMicro() }
func restored(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
