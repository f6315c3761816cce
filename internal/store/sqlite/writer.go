package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

const (
	// queueLength is how many callers may wait before further ones wait to wait.
	queueLength = 1024
	// batchLength bounds a commit, so that the first caller in it does not wait for too many others.
	batchLength = 128
)

// writer runs closures one after the other on the only connection that writes; see the package comment.
type writer struct {
	connection *sql.Conn
	queries    *db.Queries
	control    control
	queue      chan *job
	quit       chan struct{} // closed by stop: no further batch begins
	stopped    chan struct{} // closed by run: no job is claimed any more
	once       sync.Once
	err        error
	commits    atomic.Uint64 // batches that may have reached the disk
}

// control are the statements that frame transactions.
type control struct {
	begin, commit, rollback, savepoint, release, undo *sql.Stmt
}

// job is one closure and its fate.
type job struct {
	work     func(*db.Queries) error
	reads    bool          // work changes nothing
	claimed  atomic.Bool   // by the writer, which then runs it, or by the caller, who then gave up
	finished chan struct{} // closed when err and panicked are set
	err      error
	panicked any
}

func startWriter(ctx context.Context, pool *sql.DB) (*writer, error) {
	connection, err := pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open database for writing: %w", err)
	}
	w := &writer{
		connection: connection, queue: make(chan *job, queueLength),
		quit: make(chan struct{}), stopped: make(chan struct{}),
	}
	for _, s := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&w.control.begin, "BEGIN IMMEDIATE"},
		{&w.control.commit, "COMMIT"},
		{&w.control.rollback, "ROLLBACK"},
		{&w.control.savepoint, "SAVEPOINT job"},
		{&w.control.release, "RELEASE job"},
		{&w.control.undo, "ROLLBACK TO job"},
	} {
		if *s.statement, err = connection.PrepareContext(ctx, s.text); err != nil { //nolint:sqlclosecheck // they live as long as the connection, which closes them
			_ = connection.Close() // the error that led here says more
			return nil, fmt.Errorf("prepare %s: %w", s.text, err)
		}
	}
	if w.queries, err = db.Prepare(ctx, connection); err != nil {
		_ = connection.Close() // the error that led here says more
		return nil, fmt.Errorf("prepare writes: %w", err)
	}
	go w.run()
	return w, nil
}

// stop waits for the batch in flight and closes the connection.
func (w *writer) stop() error {
	w.once.Do(func() {
		close(w.quit)
		<-w.stopped
		w.err = w.connection.Close()
	})
	return w.err
}

// do runs j's work and returns when its transaction is durable or undone. Where ctx ends first, the work is never begun.
func (w *writer) do(ctx context.Context, j *job) error {
	j.finished = make(chan struct{})
	select {
	case <-w.quit:
		return errClosed()
	default:
	}
	select {
	case w.queue <- j:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-w.quit:
		return errClosed()
	}
	select {
	case <-j.finished:
	case <-ctx.Done():
		if j.claimed.CompareAndSwap(false, true) {
			return context.Cause(ctx)
		}
		// It is running and uses what the caller gave it: its end has to be waited for, which is soon.
		<-j.finished
	case <-w.stopped:
		if j.claimed.CompareAndSwap(false, true) {
			return errClosed()
		}
		<-j.finished
	}
	if j.panicked != nil {
		panic(j.panicked)
	}
	return j.err
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case <-w.quit:
			return
		default:
		}
		select {
		case <-w.quit:
			return
		case first := <-w.queue:
			w.commit(w.gather(first))
		}
	}
}

// gather claims first and whoever else waits already.
func (w *writer) gather(first *job) []*job {
	var batch []*job
	for next := first; ; {
		if next.claimed.CompareAndSwap(false, true) {
			batch = append(batch, next)
		}
		if len(batch) == batchLength {
			return batch
		}
		select {
		case next = <-w.queue:
		default:
			return batch
		}
	}
}

// commit runs a batch as one transaction and answers everyone in it.
func (w *writer) commit(batch []*job) {
	if len(batch) == 0 {
		return
	}
	if err := w.transact(batch); err != nil {
		// Nobody's work is certain to be kept, and what a job refused may rest on what another one wrote in vain.
		failure := fault.Wrap(err, fault.Unavailable, "The store could not commit the change.")
		for _, j := range batch {
			j.err = failure
		}
	}
	if slices.ContainsFunc(batch, func(j *job) bool { return !j.reads }) {
		// After the commit, or a reader could take the old state for the new one; before the answers.
		w.commits.Add(1)
	}
	for _, j := range batch {
		close(j.finished)
	}
}

// transact gives an error where the transaction as a whole is lost. A job's own error undoes that job alone.
//
// Statements run without a context that could end: SQLite undoes the whole transaction when a statement is interrupted.
func (w *writer) transact(batch []*job) (err error) {
	background := context.Background()
	if _, err := w.control.begin.ExecContext(background); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			// Where SQLite has undone the transaction by itself this has nothing left to do.
			_, _ = w.control.rollback.ExecContext(background)
		}
	}()
	for _, j := range batch {
		if _, err := w.control.savepoint.ExecContext(background); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
		j.run(w.queries)
		if j.err != nil || j.panicked != nil {
			if _, err := w.control.undo.ExecContext(background); err != nil {
				return fmt.Errorf("undo: %w", err)
			}
		}
		if _, err := w.control.release.ExecContext(background); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if _, err := w.control.commit.ExecContext(background); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// run calls the closure. Its panic belongs to its caller, not to those who share the batch.
func (j *job) run(q *db.Queries) {
	defer func() { j.panicked = recover() }()
	j.err = j.work(q)
}
