package lookup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"merlon.dev/merlon/internal/audit/journal"
)

const (
	folder = "index"
	// headSize is that of an index file: its format, and the size of the segment that it was made of.
	headSize = 16
	format   = uint64(1)
	// pageEntries is how many entries of a file are in memory at one time.
	pageEntries = 4096
	// buildEvery is how often Keep looks for segments without an index.
	buildEvery = time.Minute
)

// Journal is where the records are.
type Journal interface {
	Dir() string
	// End gives the open segment and the point behind the last record.
	End() (journal.Segment, journal.Point)
}

// Index finds events. It is safe for concurrent use.
type Index struct {
	journal Journal
	log     *slog.Logger

	building sync.Mutex // held by whoever makes an index file

	mu   sync.Mutex
	open struct { // what is known of the open segment
		segment journal.Segment
		offset  int64 // of the first byte that is not indexed
		entries []entry
	}
}

// New makes an index of j.
func New(j Journal, log *slog.Logger) *Index { return &Index{journal: j, log: log} }

// Keep makes the index files that are missing, now and every minute, until ctx ends. Lookup does without it, only later.
func (x *Index) Keep(ctx context.Context) {
	ticker := time.NewTicker(buildEvery)
	defer ticker.Stop()
	for {
		if err := x.build(ctx); err != nil && ctx.Err() == nil {
			x.log.Error("index audit segments", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (x *Index) build(ctx context.Context) error {
	segments, err := journal.Segments(x.journal.Dir())
	if err != nil {
		return err
	}
	last, _ := x.journal.End()
	for _, s := range slices.Backward(segments) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.First >= last.First {
			continue
		}
		file, _, err := x.ensure(s)
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Lookup gives the newest events first, in the order of their records, and the sequence to look below for more, 0 where there are none.
func (x *Index) Lookup(ctx context.Context, q Query) (events []Event, next uint64, err error) {
	m := newMatch(q)
	last, end := x.journal.End()
	segments, err := journal.Segments(x.journal.Dir())
	if err != nil {
		return nil, 0, err
	}
	more := func(s journal.Segment, e *entry) (bool, error) {
		if !m.entry(e) {
			return true, nil
		}
		event, ok, err := x.read(s, e, &m)
		if err != nil || !ok {
			return err == nil, err
		}
		if len(events) == q.Limit { // it is there, and the page is full
			next = events[len(events)-1].Sequence
			return false, nil
		}
		events = append(events, event)
		return true, nil
	}
	for _, s := range slices.Backward(segments) {
		if s.First > end.Sequence || m.Before > 0 && s.First >= m.Before {
			continue
		}
		var goOn bool
		if s.First >= last.First {
			goOn, err = x.searchOpen(s, more)
		} else {
			goOn, err = x.searchClosed(ctx, s, more)
		}
		if err != nil || !goOn {
			return events, next, err
		}
	}
	return events, 0, nil
}

// searchOpen offers the entries of the open segment, newest first, until more has enough.
func (x *Index) searchOpen(s journal.Segment, more func(journal.Segment, *entry) (bool, error)) (bool, error) {
	x.mu.Lock()
	entries, err := x.follow(s)
	x.mu.Unlock()
	if err != nil {
		return false, err
	}
	for i := range slices.Backward(entries) {
		if goOn, err := more(s, &entries[i]); err != nil || !goOn {
			return false, err
		}
	}
	return true, nil
}

// follow indexes what was written since the last time, under mu. The entries that it gives are not changed later.
func (x *Index) follow(s journal.Segment) ([]entry, error) {
	if x.open.segment != s {
		x.open.segment, x.open.offset, x.open.entries = s, 0, nil
	}
	file, err := os.Open(filepath.Join(x.journal.Dir(), s.Name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rest := io.NewSectionReader(file, x.open.offset, 1<<62)
	start := x.open.offset
	err = journal.Lines(rest, func(l journal.Line) error {
		if !bytes.HasSuffix(l.Bytes, []byte("\n")) {
			return io.EOF // it is being written
		}
		e, ok, err := indexLine(l, start)
		if err != nil {
			return err
		}
		if ok {
			x.open.entries = append(x.open.entries, e)
		}
		x.open.offset = start + l.Offset + int64(len(l.Bytes))
		return nil
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("index %s: %w", s.Name, err)
	}
	return x.open.entries, nil
}

// indexLine gives the entry of a line; ok is false for what is no management event.
func indexLine(l journal.Line, start int64) (e entry, ok bool, err error) {
	frame, err := journal.ParseFrame(l.Bytes)
	if err != nil {
		return entry{}, false, fmt.Errorf("line %d: %w", l.Number, err)
	}
	if !bytes.Contains(frame.Record, []byte(`"managementEvent":true`)) {
		return entry{}, false, nil
	}
	f, err := parse(frame.Record)
	if err != nil {
		return entry{}, false, fmt.Errorf("line %d: %w", l.Number, err)
	}
	return f.entry(frame.Sequence, uint64(start+l.Offset), len(l.Bytes)), true, nil
}

// searchClosed offers the entries of a closed segment, newest first, until more has enough.
func (x *Index) searchClosed(ctx context.Context, s journal.Segment, more func(journal.Segment, *entry) (bool, error)) (bool, error) {
	file, count, err := x.ensure(s)
	if err != nil {
		return false, err
	}
	defer file.Close()
	page := make([]byte, 0, min(count, pageEntries)*entrySize)
	for end := count; end > 0; {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		begin := max(0, end-pageEntries)
		page = page[:(end-begin)*entrySize]
		if _, err := file.ReadAt(page, headSize+int64(begin)*entrySize); err != nil {
			return false, fmt.Errorf("read index of %s: %w", s.Name, err)
		}
		for i := end - begin - 1; i >= 0; i-- {
			e := parseEntry(page[i*entrySize:])
			if goOn, err := more(s, &e); err != nil || !goOn {
				return false, err
			}
		}
		end = begin
	}
	return true, nil
}

// read gets the record of an entry and holds it against the query.
func (x *Index) read(s journal.Segment, e *entry, m *match) (Event, bool, error) {
	file, err := os.Open(filepath.Join(x.journal.Dir(), s.Name))
	if err != nil {
		return Event{}, false, err
	}
	defer file.Close()
	if e.length > 2*journal.MaxRecord {
		return Event{}, false, fmt.Errorf("index of %s: entry of %d bytes", s.Name, e.length)
	}
	line := make([]byte, e.length)
	if _, err := file.ReadAt(line, int64(e.offset)); err != nil {
		return Event{}, false, fmt.Errorf("read record %d: %w", e.sequence, err)
	}
	frame, err := journal.ParseFrame(line)
	if err != nil {
		return Event{}, false, fmt.Errorf("read record %d: %w", e.sequence, err)
	}
	f, err := parse(frame.Record)
	if err != nil {
		return Event{}, false, fmt.Errorf("read record %d: %w", e.sequence, err)
	}
	return f.event(frame.Sequence, frame.Record), m.fields(&f), nil
}
