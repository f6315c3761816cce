package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

var _ envelope.Store = (*Store)(nil)

// wrappingRecord is the name under which the record of the wrapping keyset is kept.
const wrappingRecord = "wrapping-keyset"

// WrappingRecord implements envelope.Store.
func (s *Store) WrappingRecord(ctx context.Context) (record []byte, err error) {
	err = s.view(ctx, func(ctx context.Context, q *db.Queries) error {
		record, err = q.GetMeta(ctx, wrappingRecord)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	return record, nil
}

// ReplaceWrappingRecord implements envelope.Store.
func (s *Store) ReplaceWrappingRecord(ctx context.Context, previous, next []byte) error {
	return s.update(ctx, func(q *db.Queries) error {
		// Inside the writer's transaction nobody comes between the look and the change.
		present, err := q.GetMeta(context.Background(), wrappingRecord)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("read record: %w", err)
		case !bytes.Equal(present, previous):
			return envelope.ErrRecordChanged
		case present == nil:
			err = q.InsertMeta(context.Background(), db.InsertMetaParams{Name: wrappingRecord, Value: next})
		default:
			var changed int64
			changed, err = q.ReplaceMeta(context.Background(), db.ReplaceMetaParams{Next: next, Name: wrappingRecord, Previous: previous})
			if err == nil && changed != 1 {
				return envelope.ErrRecordChanged
			}
		}
		if err != nil {
			return fmt.Errorf("write record: %w", err)
		}
		return nil
	})
}
