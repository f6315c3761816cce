package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/store/sqlite/db"
)

// PageKey gives the 32-byte key that signs page tokens. It is made at the first call and stays the same, so that tokens
// survive a restart.
func (s *Store) PageKey(ctx context.Context) (key []byte, err error) {
	err = s.update(ctx, func(q *db.Queries) error {
		key, err = q.GetMeta(context.Background(), "page-key")
		if errors.Is(err, sql.ErrNoRows) {
			key = make([]byte, 32)
			rand.Read(key)
			err = q.InsertMeta(context.Background(), db.InsertMetaParams{Name: "page-key", Value: key})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read page key: %w", err)
	}
	return key, nil
}
