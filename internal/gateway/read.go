package gateway

import (
	"errors"
	"io"
	"os"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// firstRead is the room for a body before any of it has arrived, whatever length it announces.
const firstRead = 64 << 10

// read takes the body into memory, within the operation's limit. Room is made as bytes arrive, so that announcing a large body costs
// the server nothing.
func (g *Gateway) read(x *exchange) error {
	limit, length := x.entry.bodyLimit(), x.r.ContentLength
	if length > limit {
		return tooLarge(limit)
	}
	if length == 0 {
		x.bodyRead = true
		return nil
	}
	want := int64(firstRead)
	if length > 0 {
		want = min(want, length)
	}
	for {
		if len(x.body) == cap(x.body) {
			if err := g.grow(x, want); err != nil {
				return err
			}
			want = 4 * int64(cap(x.body))
			if length > 0 {
				want = min(want, length)
			}
		}
		n, err := x.r.Body.Read(x.body[len(x.body):cap(x.body)])
		x.body = x.body[:len(x.body)+n]
		switch {
		case int64(len(x.body)) > limit:
			return tooLarge(limit)
		case err == io.EOF || err == nil && length > 0 && int64(len(x.body)) == length:
			x.bodyRead = true
			// net/http watches the connection for a client that goes away; a deadline left behind would look like one.
			x.deadline(x.controller.SetReadDeadline, time.Time{})
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			return &fault.Error{Kind: fault.Malformed, Code: "RequestTimeoutException", Message: "The request body did not arrive in time."}
		case err != nil:
			return fault.Wrap(err, fault.Malformed, "The request body ended early.")
		}
	}
}

// bodyLimit is the operation's, or the largest of those that it may turn out to be.
func (e *entry) bodyLimit() int64 {
	if e.actions != nil {
		return e.actions.limit
	}
	return e.operation.BodyLimit
}

// grow moves the body into a buffer for size bytes and accounts for it.
func (g *Gateway) grow(x *exchange, size int64) error {
	next := g.buffers.get(int(size))
	if !g.memory.take(x.client, int64(cap(next))) {
		g.buffers.put(next)
		return fault.New(fault.Unavailable, "Too many request bodies are in flight. Try again.")
	}
	next = append(next, x.body...)
	if x.body != nil {
		g.memory.give(x.client, int64(cap(x.body)))
		g.buffers.put(x.body)
	}
	x.body = next
	return nil
}

func tooLarge(limit int64) error {
	return fault.New(fault.TooLarge, "The request body exceeds the limit of %d bytes.", limit)
}

const (
	drainBytes = 4 << 20
	drainTime  = 5 * time.Second
)

// drain passes over an unread body of bearable size, so that the client gets to read the answer and may go on using the connection.
// net/http closes the connection behind a larger one.
func (g *Gateway) drain(x *exchange) {
	r := x.r
	if x.bodyRead || r.ContentLength == 0 || r.ContentLength > drainBytes || r.Header.Get("Expect") != "" {
		return
	}
	x.deadline(x.controller.SetReadDeadline, time.Now().Add(min(drainTime, g.config.Limits.BodyTime)))
	_, _ = io.CopyN(io.Discard, r.Body, drainBytes) // the answer goes out either way
}
