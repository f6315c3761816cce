package openaijson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// events sends each event's blob as the data of a server-sent event.
type events struct{ w io.Writer }

// Send sends the blob that is in the event. It has to be one line, as compact JSON is.
func (e *events) Send(union codec.Shape) error {
	var chosen blob
	union.Encode(&chosen)
	if chosen.count != 1 || bytes.ContainsAny(chosen.data, "\r\n") {
		return fmt.Errorf("event stream %s: %d lines are set, want one", union.Schema().Name, chosen.count)
	}
	return e.write(chosen.data)
}

// Except ends the stream with an error object, as OpenAI's clients expect it.
func (e *events) Except(_ *codec.Schema, failure codec.Failure) error {
	return e.write(failureBody(failure))
}

func (e *events) write(data []byte) error {
	line := make([]byte, 0, len(data)+8)
	line = append(append(append(line, "data: "...), data...), "\n\n"...)
	if _, err := e.w.Write(line); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	if flusher, ok := e.w.(interface{ FlushError() error }); ok {
		if err := flusher.FlushError(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return fmt.Errorf("send event: %w", err)
		}
	}
	return nil
}

// blob is a codec.Encoder that finds the blobs in an event and passes over everything else.
type blob struct {
	count int
	data  []byte
}

func (b *blob) Struct(_ *codec.Member, v codec.Shape) { v.Encode(b) }

func (b *blob) Blob(_ *codec.Member, v []byte) { b.count, b.data = b.count+1, v }

func (*blob) Bool(*codec.Member, bool)               {}
func (*blob) Int(*codec.Member, int64)               {}
func (*blob) Float(*codec.Member, float64)           {}
func (*blob) String(*codec.Member, string)           {}
func (*blob) Time(*codec.Member, time.Time)          {}
func (*blob) Document(*codec.Member, codec.Document) {}
func (*blob) Stream(*codec.Member, io.Reader)        {}
func (*blob) Null(*codec.Member)                     {}
func (*blob) StartList(*codec.Member, int) bool      { return false }
func (*blob) EndList(*codec.Member)                  {}
func (*blob) StartMap(*codec.Member, int) bool       { return false }
func (*blob) Key(*codec.Member, string)              {}
func (*blob) EndMap(*codec.Member)                   {}
