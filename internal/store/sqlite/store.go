package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// databaseFile is the name of the database in the data folder.
const databaseFile = "merlon.db"

// Store is an open database. It is safe for concurrent use. Whoever opened it closes it.
type Store struct {
	lock    *folderLock // nil in memory
	writes  *sql.DB
	writer  *writer
	reads   *sql.DB // nil in memory, where the writer reads too
	queries *db.Queries

	identities atomic.Uint64 // updates of the identity domain

	closing sync.Once
	closed  error
}

// Open opens the data folder dir and makes or upgrades what is not there yet. It fails when another process has the folder
// open, or when a newer Merlon has written it. A folder left behind by a kill opens like any other.
func Open(ctx context.Context, dir string) (_ *Store, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	path := filepath.Join(dir, databaseFile)
	if err := s.startWriter(ctx, dsn(path, "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(67108864)", "cache_size(-16000)")); err != nil {
		return nil, err
	}
	if s.reads, err = sql.Open("sqlite", dsn(path, "query_only(1)")); err != nil {
		return nil, fmt.Errorf("open database for reading: %w", err)
	}
	readers := 2 * runtime.GOMAXPROCS(0)
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	if s.queries, err = db.Prepare(ctx, s.reads); err != nil {
		return nil, fmt.Errorf("prepare reads: %w", err)
	}
	return s, nil
}

// OpenMemory opens an empty database that is gone when it is closed.
func OpenMemory(ctx context.Context) (*Store, error) {
	s := &Store{}
	if err := s.startWriter(ctx, dsn(":memory:")); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

// dsn gives the driver's name for the database at path, with what holds for every connection and further pragmas.
func dsn(path string, pragmas ...string) string {
	all := append([]string{"busy_timeout(10000)", "foreign_keys(1)", "trusted_schema(0)"}, pragmas...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + url.Values{"_pragma": all}.Encode()
}

func (s *Store) startWriter(ctx context.Context, name string) (err error) {
	if s.writes, err = sql.Open("sqlite", name); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.writes.SetMaxOpenConns(1)
	if err := migrate(ctx, s.writes); err != nil {
		return err
	}
	s.writer, err = startWriter(ctx, s.writes)
	return err
}

// Close waits for the commit in flight, refuses the callers that still wait and all later ones, and lets go of the folder.
// Further calls give the same answer.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = s.release() })
	return s.closed
}

// release closes whatever is open, in the order that keeps the folder locked until the database is closed.
func (s *Store) release() error {
	var errs []error
	if s.writer != nil {
		errs = append(errs, s.writer.stop())
	}
	if s.queries != nil {
		errs = append(errs, s.queries.Close())
	}
	for _, pool := range []*sql.DB{s.reads, s.writes} {
		if pool != nil {
			errs = append(errs, pool.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// Changes counts the commits so far, those that may have failed included. It rises after a write can be read and before it is
// answered: whoever asks for the count first and reads rows afterwards knows that, while the count stands, no later write was
// acknowledged.
func (s *Store) Changes() uint64 { return s.writer.commits.Load() }

// update runs write in a transaction of its own and returns when it is durable.
func (s *Store) update(ctx context.Context, write func(*db.Queries) error) error {
	return s.writer.do(ctx, &job{work: write})
}

// view runs read on one consistent state.
func (s *Store) view(ctx context.Context, read func(context.Context, *db.Queries) error) error {
	if s.reads == nil {
		return s.writer.do(ctx, &job{reads: true, work: func(q *db.Queries) error { return read(context.Background(), q) }})
	}
	select {
	case <-s.writer.quit:
		return errClosed()
	default:
	}
	tx, err := s.reads.BeginTx(ctx, nil)
	if err != nil {
		return unavailable(ctx, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written: there is nothing that could fail to be undone
	return read(ctx, s.queries.WithTx(tx))
}

// unavailable tells a caller who went away from a database that does not work.
func unavailable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fault.Wrap(err, fault.Unavailable, "The store cannot answer now.")
}

func errClosed() error { return fault.New(fault.Unavailable, "The store is closed.") }
