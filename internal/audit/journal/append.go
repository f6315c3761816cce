package journal

import (
	"fmt"
)

// batch is records that are written together.
type batch struct {
	entries []entry
	bytes   int
	done    chan struct{} // closed when err and last are set
	last    uint64        // sequence of its last record
	err     error
}

type entry struct {
	record []byte
	leaf   Hash
}

func newBatch() *batch { return &batch{done: make(chan struct{})} }

// Append adds records next to each other, all or none, and returns when they are as durable as asked. A record is one JSON object on one
// line, of at most MaxRecord bytes; it must not be changed before Append returns. Where Append fails nothing of them is kept, except that after a failed sync nobody
// knows. It waits while too much waits before it.
func (j *Journal) Append(d Durability, records ...[]byte) error {
	entries := make([]entry, len(records))
	for i, record := range records {
		if len(record) > MaxRecord {
			return fmt.Errorf("an audit record of %d bytes", len(record))
		}
		entries[i] = entry{record, Leaf(record)}
	}
	b, err := j.join(entries)
	if err != nil {
		return err
	}
	if j.await(b); b.err != nil {
		return b.err
	}
	if d == Durable {
		return j.sync(b.last)
	}
	return nil
}

// join adds entries to the batch that gathers, and waits while that is full.
func (j *Journal) join(entries []entry) (*batch, error) {
	for {
		j.mu.Lock()
		b, failed := j.batch, j.failed
		if failed == nil && b.bytes < maxBatch {
			b.entries = append(b.entries, entries...)
			for _, e := range entries {
				b.bytes += len(e.record) + frameSize
			}
			j.mu.Unlock()
			return b, nil
		}
		j.mu.Unlock()
		if failed != nil {
			return nil, failed
		}
		j.await(b)
	}
}

// await returns when b is done, and writes it where nobody else does.
func (j *Journal) await(b *batch) {
	select {
	case <-b.done:
		return
	case j.token <- struct{}{}:
	}
	defer func() { <-j.token }()
	select {
	case <-b.done: // by whoever had the token before
		return
	default:
	}
	j.mu.Lock()
	j.batch = newBatch()
	j.mu.Unlock()
	// Batches are taken in turn, under the token: b was the one that gathered.
	b.err = j.write(b)
	close(b.done)
}

// write puts a batch into the file, under token.
func (j *Journal) write(b *batch) error {
	j.mu.Lock()
	end, failed := j.written, j.failed
	j.mu.Unlock()
	if failed != nil {
		return failed
	}
	if j.size > 0 && j.size+int64(b.bytes) > j.config.SegmentSize {
		if err := j.rotate(); err != nil {
			return unwritten(err)
		}
	}
	j.buffer = j.buffer[:0]
	for _, e := range b.entries {
		end = end.Next(len(e.record), e.leaf)
		j.buffer = appendFrame(j.buffer, e.record, end)
	}
	if n, err := j.file.Write(j.buffer); err != nil {
		if undo := j.file.Truncate(j.size); undo != nil {
			j.fail(fmt.Errorf("undo a write that failed (%w): %w", err, undo))
		}
		j.reserved = 0
		j.mu.Lock()
		j.tight = true
		j.mu.Unlock()
		return unwritten(fmt.Errorf("%d of %d bytes written: %w", n, len(j.buffer), err))
	}
	j.size += int64(len(j.buffer))
	if cap(j.buffer) > maxBatch {
		j.buffer = nil
	}
	b.last = end.Sequence
	j.mu.Lock()
	j.written = end
	j.mu.Unlock()
	if err := j.reserve(); err != nil {
		j.config.Log.Error("no space is left for audit records", "error", err)
	}
	return nil
}

// sync returns when all up to the sequence last is on disk; one sync serves all who wait.
func (j *Journal) sync(last uint64) error {
	for {
		j.mu.Lock()
		synced, failed, round := j.synced, j.failed, j.round
		j.mu.Unlock()
		switch {
		case synced >= last:
			return nil
		case failed != nil:
			return failed
		}
		select {
		case <-round:
		case j.syncing <- struct{}{}:
			j.syncNow(last)
			<-j.syncing
		}
	}
}

// syncNow syncs the open segment where that still is to be done, under syncing.
func (j *Journal) syncNow(last uint64) {
	j.mu.Lock()
	file, written, done := j.file, j.written.Sequence, j.synced >= last || j.failed != nil
	j.mu.Unlock()
	if done {
		return
	}
	err := file.Sync()
	if err != nil {
		j.fail(fmt.Errorf("sync: %w", err))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		j.synced = max(j.synced, written)
	}
	close(j.round)
	j.round = make(chan struct{})
}
