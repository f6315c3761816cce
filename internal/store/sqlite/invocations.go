package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// Invocations is the store of invocation logging.
type Invocations struct{ store *Store }

var _ invocation.Store = Invocations{}

// Invocations gives the store's side for invocation logging.
func (s *Store) Invocations() Invocations { return Invocations{s} }

func invocationFailed(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Settings gives what PutSettings kept, nil where there is nothing.
func (i Invocations) Settings(ctx context.Context, account, region string) (body []byte, err error) {
	err = i.store.view(ctx, func(ctx context.Context, q *db.Queries) (err error) {
		body, err = q.GetInvocationLogging(ctx, db.GetInvocationLoggingParams{Account: account, Region: region})
		if errors.Is(err, sql.ErrNoRows) {
			body, err = nil, nil
		}
		return invocationFailed("read invocation logging", err)
	})
	return body, err
}

// PutSettings keeps a body in place of the present one.
func (i Invocations) PutSettings(ctx context.Context, account, region string, body []byte) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		return invocationFailed("put invocation logging", q.PutInvocationLogging(context.Background(), db.PutInvocationLoggingParams{Account: account, Region: region, Body: body}))
	})
}

// DeleteSettings is no error where there is nothing.
func (i Invocations) DeleteSettings(ctx context.Context, account, region string) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		return invocationFailed("delete invocation logging", q.DeleteInvocationLogging(context.Background(), db.DeleteInvocationLoggingParams{Account: account, Region: region}))
	})
}

// Append adds rows in order.
func (i Invocations) Append(ctx context.Context, rows []invocation.Row) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		for _, r := range rows {
			if err := q.InsertInvocation(context.Background(), db.InsertInvocationParams{Account: r.Account, Region: r.Region, At: stored(r.At), Body: r.Body}); err != nil {
				return invocationFailed("add invocation record", err)
			}
		}
		return nil
	})
}

// Rows gives up to limit rows behind the position after.
func (i Invocations) Rows(ctx context.Context, after int64, limit int) (rows []invocation.Row, err error) {
	err = i.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		found, err := q.ListInvocations(ctx, db.ListInvocationsParams{Seq: after, Limit: int64(limit)})
		for _, r := range found {
			rows = append(rows, invocation.Row{Seq: r.Seq, Account: r.Account, Region: r.Region, At: restored(r.At), Body: r.Body})
		}
		return invocationFailed("list invocation records", err)
	})
	return rows, err
}

// Replace changes the bodies of rows.
func (i Invocations) Replace(ctx context.Context, rows []invocation.Row) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		for _, r := range rows {
			if err := q.ReplaceInvocation(context.Background(), db.ReplaceInvocationParams{Body: r.Body, Seq: r.Seq}); err != nil {
				return invocationFailed("replace invocation record", err)
			}
		}
		return nil
	})
}

// Trim removes rows from before a time, and the oldest beyond a number.
func (i Invocations) Trim(ctx context.Context, before time.Time, most int) error {
	return i.store.update(ctx, func(q *db.Queries) error {
		if _, err := q.TrimInvocationsBefore(context.Background(), stored(before)); err != nil {
			return invocationFailed("trim invocation records", err)
		}
		_, err := q.TrimInvocationsBeyond(context.Background(), int64(most))
		return invocationFailed("trim invocation records", err)
	})
}
