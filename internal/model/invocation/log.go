package invocation

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"merlon.dev/merlon/internal/envelope"
)

// LogConfig sets a Log up; a zero number means its default.
type LogConfig struct {
	Store  Store           // needed
	Sealer envelope.Sealer // needed
	Log    *slog.Logger    // needed
	Now    func() time.Time
	// Keep is how long records are kept. Default 30 days.
	Keep time.Duration
	// Most is how many records are kept. Default 100,000.
	Most int
	// Lost is told of records that could not be kept; nil tells nobody.
	Lost func(n int)
}

// The bounds of what waits to be written.
const (
	queue     = 1024
	trimEvery = time.Minute
)

// Log writes records behind the calls. Whoever made it closes it.
type Log struct {
	config LogConfig
	queue  chan Row
	ended  chan struct{}

	mu     sync.RWMutex // held while queue is closed or sent to
	closed bool
}

// NewLog starts the writer of a log.
func NewLog(c LogConfig) *Log {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Keep <= 0 {
		c.Keep = 30 * 24 * time.Hour
	}
	if c.Most <= 0 {
		c.Most = 100_000
	}
	if c.Lost == nil {
		c.Lost = func(int) {}
	}
	l := &Log{config: c, queue: make(chan Row, queue), ended: make(chan struct{})}
	go l.write()
	return l
}

// Close writes what waits and ends the writer. Records that come later are lost.
func (l *Log) Close() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.queue)
	}
	l.mu.Unlock()
	<-l.ended
}

// Add seals a record and gives it to the writer. It never waits: a record that finds no room is lost.
func (l *Log) Add(r Record) {
	r.SchemaType, r.SchemaVersion = "ModelInvocationLog", "1.0"
	row := Row{Account: r.Account, Region: r.Region, At: r.Timestamp.UTC().Truncate(time.Microsecond)}
	body, err := json.Marshal(r)
	if err == nil {
		row.Body, err = l.config.Sealer.Seal(context.Background(), body, row.context())
	}
	if err != nil {
		l.lose(1, err)
		return
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		l.lose(1, errors.New("the log is closed"))
		return
	}
	select {
	case l.queue <- row:
	default:
		l.lose(1, errors.New("too many records wait"))
	}
}

func (l *Log) lose(n int, err error) {
	l.config.Lost(n)
	l.config.Log.Error("invocation records were lost", "records", n, "error", err)
}

func (l *Log) write() {
	defer close(l.ended)
	var trimmed time.Time
	for row := range l.queue {
		rows := []Row{row}
		for len(rows) < page {
			select {
			case next, ok := <-l.queue:
				if ok {
					rows = append(rows, next)
					continue
				}
			default:
			}
			break
		}
		if err := l.config.Store.Append(context.Background(), rows); err != nil {
			l.lose(len(rows), err)
		}
		if now := l.config.Now(); now.Sub(trimmed) >= trimEvery {
			trimmed = now
			if err := l.config.Store.Trim(context.Background(), now.Add(-l.config.Keep), l.config.Most); err != nil {
				l.config.Log.Error("invocation records were not trimmed", "error", err)
			}
		}
	}
}
