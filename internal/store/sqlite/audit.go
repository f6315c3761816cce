package sqlite

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// Trails is the store of trails.
type Trails struct{ store *Store }

var _ trail.Store = Trails{}

// Trails gives the store's side for trails.
func (s *Store) Trails() Trails { return Trails{s} }

// View runs read on one consistent state.
func (t Trails) View(ctx context.Context, read func(trail.Tx) error) error {
	return t.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		return read(&trailTx{ctx: ctx, queries: q, readOnly: true})
	})
}

// Update runs write and returns when what it wrote is on disk.
func (t Trails) Update(ctx context.Context, write func(trail.Tx) error) error {
	return t.store.update(ctx, func(q *db.Queries) error {
		return write(&trailTx{ctx: context.Background(), queries: q})
	})
}

// trailTx lives as long as one closure, like its context.
type trailTx struct {
	ctx      context.Context
	queries  *db.Queries
	readOnly bool
}

func (t *trailTx) Trails(account string) ([]trail.Row, error) {
	found, err := t.queries.ListTrails(t.ctx, account)
	if err != nil {
		return nil, fmt.Errorf("list trails: %w", err)
	}
	rows := make([]trail.Row, len(found))
	for i, r := range found {
		rows[i] = trail.Row{Account: r.Account, Region: r.Region, Name: r.Name, Body: r.Body}
	}
	return rows, nil
}

func (t *trailTx) PutTrail(row trail.Row) error {
	if t.readOnly {
		return fmt.Errorf("put trail: %w", errReadOnly)
	}
	if err := t.queries.PutTrail(t.ctx, db.PutTrailParams{Account: row.Account, Region: row.Region, Name: row.Name, Body: row.Body}); err != nil {
		return fmt.Errorf("put trail: %w", err)
	}
	return nil
}

func (t *trailTx) DeleteTrail(account, region, name string) error {
	if t.readOnly {
		return fmt.Errorf("delete trail: %w", errReadOnly)
	}
	n, err := t.queries.DeleteTrail(t.ctx, db.DeleteTrailParams{Account: account, Region: region, Name: name})
	if err != nil {
		return fmt.Errorf("delete trail: %w", err)
	}
	if n == 0 {
		return trail.ErrNoRow
	}
	return nil
}
