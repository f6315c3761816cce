package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// IAM is the store of the identity domain.
type IAM struct{ store *Store }

var _ iam.Store = IAM{}

// IAM gives the store's side for the identity domain.
func (s *Store) IAM() IAM { return IAM{s} }

// View runs read on one consistent state.
func (i IAM) View(ctx context.Context, read func(iam.Tx) error) error {
	return i.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		return read(&iamTx{ctx: ctx, queries: q, readOnly: true})
	})
}

// Update runs write and returns when what it wrote is on disk.
func (i IAM) Update(ctx context.Context, write func(iam.Tx) error) error {
	// Counted on a panic as well, and after the commit: see Changes.
	defer i.store.identities.Add(1)
	return i.store.update(ctx, func(q *db.Queries) error {
		return write(&iamTx{ctx: context.Background(), queries: q})
	})
}

// Changes counts the updates of identities so far.
func (i IAM) Changes() uint64 { return i.store.identities.Load() }

// TouchKey notes the last use of an access key.
func (i IAM) TouchKey(ctx context.Context, id string, at time.Time, region, service string) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		return iamFailed("note use of key", q.TouchAccessKey(context.Background(), db.TouchAccessKeyParams{
			LastUsedAt: stored(at), LastRegion: region, LastService: service, ID: id,
		}))
	})
}

// TouchRole notes the last use of a role.
func (i IAM) TouchRole(ctx context.Context, id string, at time.Time, region string) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		return iamFailed("note use of role", q.TouchRole(context.Background(), db.TouchRoleParams{LastUsedAt: stored(at), LastRegion: region, ID: id}))
	})
}

// iamTx lives as long as one closure, like its context.
type iamTx struct {
	ctx      context.Context
	queries  *db.Queries
	readOnly bool
}

// write runs a statement, unless inside a view.
func (t *iamTx) write(what string, statement func() error) error {
	if t.readOnly {
		return fmt.Errorf("%s: %w", what, errReadOnly)
	}
	return iamFailed(what, statement())
}

// change is write for statements that must change a row.
func (t *iamTx) change(what string, statement func() (int64, error)) error {
	return t.write(what, func() error {
		n, err := statement()
		if err == nil && n == 0 {
			return sql.ErrNoRows
		}
		return err
	})
}

// iamFailed says what was being done, and turns the driver's word for a missing row into the domain's.
func iamFailed(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return iam.ErrNoRow
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// each maps rows.
func each[Row, To any](what string, rows []Row, err error, f func(Row) To) ([]To, error) {
	if err != nil {
		return nil, iamFailed(what, err)
	}
	to := make([]To, len(rows))
	for i, row := range rows {
		to[i] = f(row)
	}
	return to, nil
}

// storedOrNever and restoredOrNever are stored and restored for times that may be zero.
func storedOrNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return stored(t)
}

func restoredOrNever(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return restored(micros)
}

func (t *iamTx) Account(id string) (iam.Account, error) {
	r, err := t.queries.GetAccount(t.ctx, id)
	return account(r), iamFailed("read account", err)
}

func (t *iamTx) Accounts() ([]iam.Account, error) {
	rows, err := t.queries.ListAccounts(t.ctx)
	return each("list accounts", rows, err, account)
}

func account(r db.IamAccount) iam.Account {
	return iam.Account{ID: r.ID, Name: r.Name, CreatedAt: restored(r.CreatedAt)}
}

func (t *iamTx) InsertAccount(a iam.Account) error {
	return t.write("insert account", func() error {
		return t.queries.InsertAccount(t.ctx, db.InsertAccountParams{ID: a.ID, Name: a.Name, CreatedAt: stored(a.CreatedAt)})
	})
}
