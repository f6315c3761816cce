package journal

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/fault"
)

// Durability is what an appended record has survived when Append returns.
type Durability int

// The durabilities.
const (
	// Written records survive the end of the process; they are on disk within Config.SyncEvery.
	Written Durability = iota
	// Durable records are on disk.
	Durable
)

// Config is what a journal is made of.
type Config struct {
	// Dir is the audit folder; it is made where it is missing. One process at a time may have it open. Needed.
	Dir string
	// Key signs heads and digests. Needed.
	Key *digest.Key
	// SegmentSize is the size in bytes beyond which a segment is closed. Default 64 MiB.
	SegmentSize int64
	// SyncEvery is the longest time that a Written record is not yet on disk, and the age of the head. Default 1 s.
	SyncEvery time.Duration
	// OpenFile opens the segment that is written. Default: OpenFile.
	OpenFile func(path string) (File, error)
	// Log takes what an operator must know. Default: nothing is told.
	Log *slog.Logger
	// Now gives the time. Default: time.Now.
	Now func() time.Time
}

const (
	maxBatch     = 4 << 20   // bytes that gather before further callers wait
	reserveAhead = 1 << 20   // bytes that are reserved in one go
	reserveLow   = 256 << 10 // bytes that must be reserved before a call begins
)

// Journal is an open journal. It is safe for concurrent use. Whoever opened it closes it.
//
// token is held by whoever writes, syncing by whoever syncs; a writer that changes files takes syncing as well, never the other way
// round. mu is held for a moment by anybody and never while waiting or during I/O.
type Journal struct {
	config  Config
	token   chan struct{}
	syncing chan struct{}

	// Under token.
	size     int64 // of the open segment
	reserved int64 // end of what is reserved
	hour     time.Time
	buffer   []byte

	mu      sync.Mutex
	batch   *batch
	file    File          // changed under token and syncing
	segment Segment       // that file
	start   Point         // before its first record
	written Point         // behind what is in the file
	synced  uint64        // sequence of the last record that is on disk
	round   chan struct{} // closed when a sync has ended
	tight   bool          // the last try to reserve space failed
	failed  error         // why nothing is written any more

	digests *digests // used by Open, then by keep, then by Close
	stop    context.CancelFunc
	ended   chan struct{}
	closed  sync.Once
	result  error
}

// Open opens the journal in c.Dir and checks its end; see the package comment.
func Open(c Config) (_ *Journal, err error) {
	if c.SegmentSize == 0 {
		c.SegmentSize = 64 << 20
	}
	if c.SyncEvery == 0 {
		c.SyncEvery = time.Second
	}
	if c.OpenFile == nil {
		c.OpenFile = OpenFile
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	j := &Journal{
		config: c, token: make(chan struct{}, 1), syncing: make(chan struct{}, 1),
		batch: newBatch(), round: make(chan struct{}), ended: make(chan struct{}), hour: c.Now().Truncate(time.Hour),
	}
	found, err := recoverEnd(c)
	if err != nil {
		return nil, err
	}
	if j.digests, err = openDigests(c, found.head); err != nil {
		return nil, err
	}
	j.segment, j.start, j.size, j.written, j.synced = found.segment, found.start, found.size, found.end, found.end.Sequence
	if j.file, err = c.OpenFile(j.path(j.segment)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.file.Close())
		}
	}()
	// What is there may lie in the page cache alone, and the head is about to vouch for it.
	if err := errors.Join(j.file.Sync(), digest.SyncFolder(c.Dir)); err != nil {
		return nil, err
	}
	if err := j.digests.sign(j.written); err != nil {
		return nil, err
	}
	if err := j.reserve(); err != nil {
		c.Log.Error("no space is left for audit records", "error", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	j.stop = stop
	go j.keep(ctx)
	return j, nil
}

func (j *Journal) path(s Segment) string { return filepath.Join(j.config.Dir, s.Name) }

// Dir gives the audit folder.
func (j *Journal) Dir() string { return j.config.Dir }

// End gives the open segment and the point behind the last record that was written.
func (j *Journal) End() (Segment, Point) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.segment, j.written
}

// Ready reports why a record could not be written now, if so. Where it gives nil there is room for the records of some hundred calls.
func (j *Journal) Ready() error {
	j.mu.Lock()
	failed, tight := j.failed, j.tight
	j.mu.Unlock()
	if failed != nil || !tight {
		return failed
	}
	j.token <- struct{}{}
	defer func() { <-j.token }()
	return unwritten(j.reserve())
}

// reserve keeps space ahead of the end, under token.
func (j *Journal) reserve() error {
	if j.reserved-j.size >= reserveLow {
		return nil
	}
	end := j.size + reserveAhead
	err := j.file.Reserve(end)
	if err == nil {
		j.reserved = end
	}
	j.mu.Lock()
	j.tight = err != nil
	j.mu.Unlock()
	return err
}

// fail ends all writing.
func (j *Journal) fail(err error) {
	j.config.Log.Error("the audit journal is broken: every call fails until a restart", "error", err)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed == nil {
		j.failed = unwritten(err)
	}
}

// unwritten is what a caller is told; the cause is for the log.
func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Unavailable, "The audit record of this call cannot be written.")
}

// Close writes what is on disk, signs the head and closes the files. Later appends fail. Further calls give the same answer.
func (j *Journal) Close() error {
	j.closed.Do(func() {
		j.stop()
		<-j.ended
		j.token <- struct{}{}
		j.mu.Lock()
		end, failed := j.written, j.failed
		j.failed = fault.New(fault.Unavailable, "The audit journal is closed.")
		j.mu.Unlock()
		j.syncing <- struct{}{}
		if failed == nil {
			failed = errors.Join(j.file.Truncate(j.size), j.file.Sync())
			if failed == nil {
				failed = j.digests.sign(end)
			}
		}
		j.result = errors.Join(failed, j.file.Close())
		<-j.syncing
		<-j.token
	})
	return j.result
}
