package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
)

// Compact rewrites the database of the data folder dir without the remains of what was deleted or replaced, which SQLite leaves in its
// files otherwise. It fails when a process has the folder open, and it needs room for a second copy meanwhile. A kill leaves the
// database as it was before or after.
func Compact(ctx context.Context, dir string) (err error) {
	lock, err := lockFolder(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	pool, err := sql.Open("sqlite", dsn(filepath.Join(dir, databaseFile), "journal_mode(WAL)", "synchronous(FULL)"))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	for _, statement := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("compact database: %w", err)
		}
	}
	return nil
}
