// Package eventstream sends the events of a stream as frames of application/vnd.amazon.eventstream.
package eventstream

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"merlon.dev/merlon/internal/codec"
)

// ContentType is that of an answer which is an event stream.
const ContentType = "application/vnd.amazon.eventstream"

// Body writes the payload of an event that is a structure in the words of the service's protocol.
type Body struct {
	ContentType string // "application/json"
	Encode      func(codec.Shape) []byte
	Failure     func(codec.Failure) []byte
}

// Writer sends one stream. It is not safe for concurrent use.
type Writer struct {
	w       io.Writer
	body    Body
	encoder *eventstream.Encoder
}

// NewWriter sends to w, which is flushed after each frame where it can be, since each event is news.
func NewWriter(w io.Writer, body Body) *Writer {
	return &Writer{w: w, body: body, encoder: eventstream.NewEncoder()}
}

// Send sends the one event or exception that is set in union, a shape with the trait EventStream. An exception ends the stream:
// nothing may be sent after it.
func (w *Writer) Send(union codec.Shape) error {
	chosen := frame{body: w.body}
	union.Encode(&chosen)
	if chosen.count != 1 {
		return fmt.Errorf("event stream %s: %d events are set, want one", union.Schema().Name, chosen.count)
	}
	return w.write(chosen.headers, chosen.payload)
}

// Fail ends the stream with a failure that its union does not model.
func (w *Writer) Fail(failure codec.Failure) error {
	return w.write(eventstream.Headers{
		{Name: ":message-type", Value: eventstream.StringValue("error")},
		{Name: ":error-code", Value: eventstream.StringValue(failure.Code)},
		{Name: ":error-message", Value: eventstream.StringValue(failure.Message)},
	}, nil)
}

// Except ends the stream with a failure: as the exception of the union that bears the failure's code or, where the union has none,
// as its internalServerException, whose message then tells nothing; a union without either gets an error frame.
func (w *Writer) Except(union *codec.Schema, failure codec.Failure) error {
	first := min(1, len(failure.Code))
	name := strings.ToLower(failure.Code[:first]) + failure.Code[first:]
	if union.ByWire(name, 0) == nil {
		const internal = "internalServerException"
		if union.ByWire(internal, 0) == nil {
			return w.Fail(failure)
		}
		name, failure.Message, failure.Members = internal, "internal error, request id "+failure.RequestID, nil
	}
	return w.write(eventstream.Headers{
		{Name: ":message-type", Value: eventstream.StringValue("exception")},
		{Name: ":exception-type", Value: eventstream.StringValue(name)},
		{Name: ":content-type", Value: eventstream.StringValue(w.body.ContentType)},
	}, w.body.Failure(failure))
}

func (w *Writer) write(headers eventstream.Headers, payload []byte) error {
	if err := w.encoder.Encode(w.w, eventstream.Message{Headers: headers, Payload: payload}); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	switch flusher := w.w.(type) {
	case interface{ FlushError() error }:
		if err := flusher.FlushError(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return fmt.Errorf("send event: %w", err)
		}
	case interface{ Flush() }:
		flusher.Flush()
	}
	return nil
}

// frame is a codec.Encoder that makes a frame of the event it is given: first as the member of the union, then as its own
// members that are headers or the whole payload.
type frame struct {
	body    Body
	count   int
	inside  bool // of the event
	headers eventstream.Headers
	payload []byte
}

func (f *frame) set(name string, value eventstream.Value) {
	f.headers = append(f.headers, eventstream.Header{Name: name, Value: value})
}

func (f *frame) text(name, value string) { f.set(name, eventstream.StringValue(value)) }

// Struct takes the event, or the structure that is its payload.
func (f *frame) Struct(m *codec.Member, v codec.Shape) {
	if f.inside {
		if m.Location == codec.Payload {
			f.text(":content-type", f.body.ContentType)
			f.payload = f.body.Encode(v)
		}
		return
	}
	f.count++
	f.headers, f.payload = nil, nil
	s := v.Schema()
	if s.Has(codec.Error) {
		f.text(":message-type", "exception")
		f.text(":exception-type", m.Name)
	} else {
		f.text(":message-type", "event")
		f.text(":event-type", m.Name)
	}
	f.inside = true
	v.Encode(f)
	f.inside = false
	if s.Payload() == nil {
		f.text(":content-type", f.body.ContentType)
		f.payload = f.body.Encode(v)
	}
}

func (f *frame) header(m *codec.Member, value eventstream.Value) {
	if f.inside && m.Location == codec.Header {
		f.set(m.Wire, value)
	}
}

func (f *frame) Bool(m *codec.Member, v bool) { f.header(m, eventstream.BoolValue(v)) }

func (f *frame) Int(m *codec.Member, v int64) {
	if m.Type() == codec.Integer {
		f.header(m, eventstream.Int32Value(v)) // the member's own type has 32 bits
		return
	}
	f.header(m, eventstream.Int64Value(v))
}

func (f *frame) Time(m *codec.Member, v time.Time) { f.header(m, eventstream.TimestampValue(v)) }

func (f *frame) String(m *codec.Member, v string) {
	if m.Location == codec.Payload {
		f.text(":content-type", "text/plain")
		f.payload = []byte(v)
	}
	f.header(m, eventstream.StringValue(v))
}

func (f *frame) Blob(m *codec.Member, v []byte) {
	if m.Location == codec.Payload {
		f.text(":content-type", "application/octet-stream")
		f.payload = v
	}
	f.header(m, eventstream.BytesValue(v))
}

// What follows can be neither a header nor a whole payload; the body holds it.

func (f *frame) Float(*codec.Member, float64)           {}
func (f *frame) Document(*codec.Member, codec.Document) {}
func (f *frame) Stream(*codec.Member, io.Reader)        {}
func (f *frame) Null(*codec.Member)                     {}
func (f *frame) StartList(*codec.Member, int) bool      { return false }
func (f *frame) EndList(*codec.Member)                  {}
func (f *frame) StartMap(*codec.Member, int) bool       { return false }
func (f *frame) Key(*codec.Member, string)              {}
func (f *frame) EndMap(*codec.Member)                   {}
