// Package restjson is the restJson1 protocol: members in the path, query, headers and a JSON body.
package restjson

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/eventstream"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
)

// Protocol is the server's side of restJson1. The zero value is ready; it is safe for concurrent use.
type Protocol struct{}

var _ codec.Protocol = Protocol{}

// DecodeRequest fills in from the request. Strings share one copy of body; blobs that are the whole payload are body itself.
func (Protocol) DecodeRequest(op *codec.Operation, r *http.Request, labels []string, body []byte, in codec.Shape) error {
	s := in.Schema()
	if s.Has(codec.Bound) {
		b, err := readRequest(op, r, labels)
		if err != nil {
			return serialization(err)
		}
		b.body = body
		if len(body) > 0 && jsonPayload(s) {
			if err := jsonContent(r.Header.Get("Content-Type")); err != nil {
				return err
			}
		}
		in.Decode(b)
		if b.err != nil {
			return serialization(b.err)
		}
	}
	if len(body) == 0 || !hasBody(s) {
		return nil
	}
	if err := jsonContent(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	return serialization(decodeBody(body, in, jsontext.Options{Time: codec.Epoch}))
}

func decodeBody(body []byte, v codec.Shape, options jsontext.Options) error {
	return jsontext.NewDecoder(body, options).Decode(v)
}

// hasBody reports whether some member travels in a JSON object that is the body.
func hasBody(s *codec.Schema) bool {
	found := false
	for i := range s.Members {
		switch s.Members[i].Location {
		case codec.Payload:
			return false
		case codec.Body:
			found = true
		}
	}
	return found
}

// jsonPayload reports whether the member that is the whole body is JSON.
func jsonPayload(s *codec.Schema) bool {
	m := s.Payload()
	return m != nil && !m.Has(codec.EventStream) && (m.Type() == codec.Structure || m.Type() == codec.AnyDocument)
}

// jsonContent refuses a body that says it is something else. SDKs leave the type away or call it octets; command-line clients
// that were not told otherwise call it a form, which is refused like any other with a message that names the cure.
func jsonContent(contentType string) error {
	if contentType == "" || contentType == "application/json" {
		return nil
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && (media == "application/json" || media == "application/octet-stream" ||
		strings.HasPrefix(media, "application/x-amz-json-") || strings.HasSuffix(media, "+json")) {
		return nil
	}
	return serialization(fault.New(fault.Malformed, "content type %s is not supported, use application/json", strconv.Quote(contentType)))
}

// serialization gives a malformed request the code that restJson services use.
func serialization(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "" {
		f.Code = "SerializationException"
	}
	return err
}

// EncodeResponse writes status, headers and body.
func (Protocol) EncodeResponse(w http.ResponseWriter, op *codec.Operation, out codec.Shape) error {
	b := writer{header: w.Header(), status: op.Status}
	s := out.Schema()
	if s.Has(codec.Bound) {
		if out.Encode(&b); b.err != nil {
			return b.err
		}
	}
	switch payload := s.Payload(); {
	case payload == nil:
		b.payload, b.contentType = encodeBody(out), "application/json"
	case payload.Has(codec.EventStream):
		// The events follow, through Events.
		b.contentType = eventstream.ContentType
		b.setContentType()
		w.WriteHeader(b.status)
		return nil
	}
	switch {
	case b.status == http.StatusNoContent || b.status == http.StatusNotModified:
		w.WriteHeader(b.status)
	case b.stream != nil:
		b.setContentType()
		w.WriteHeader(b.status)
		if _, err := io.Copy(w, b.stream); err != nil {
			return fmt.Errorf("send payload: %w", err)
		}
	default:
		b.send(w)
	}
	return nil
}

func encodeBody(v codec.Shape) []byte {
	e := jsontext.NewEncoder(make([]byte, 0, 512), codec.Epoch)
	e.Encode(v)
	return e.Bytes()
}

// EventBody writes the payload of events; give it to eventstream.NewWriter.
func (Protocol) EventBody() eventstream.Body {
	return eventstream.Body{ContentType: "application/json", Encode: encodeBody, Failure: failureBody}
}

// Events sends events to w, each at once where w can be flushed.
func (p Protocol) Events(w io.Writer) codec.EventWriter {
	return eventstream.NewWriter(w, p.EventBody())
}

// failureBody is the JSON object of a failure.
func failureBody(failure codec.Failure) []byte {
	body := jsontext.AppendString([]byte(`{"message":`), failure.Message)
	for _, name := range codec.Keys(failure.Members) {
		body = append(jsontext.AppendString(append(body, ','), name), ':')
		body = jsontext.AppendString(body, failure.Members[name])
	}
	return append(body, '}')
}

// EncodeError writes a failed answer: the code in a header, the message in the body.
func (Protocol) EncodeError(w http.ResponseWriter, failure codec.Failure) {
	h := w.Header()
	h.Set("X-Amzn-ErrorType", failure.Code)
	if failure.RequestID != "" {
		h.Set("X-Amzn-RequestId", failure.RequestID)
	}
	b := writer{header: h, status: failure.Status, payload: failureBody(failure), contentType: "application/json"}
	b.send(w)
}

// send writes an answer whose payload is at hand.
func (b *writer) send(w http.ResponseWriter) {
	b.setContentType()
	b.header.Set("Content-Length", strconv.Itoa(len(b.payload)))
	w.WriteHeader(b.status)
	// A client that hung up is no fault of this answer, and nothing is left to be told to it.
	_, _ = w.Write(b.payload)
}

func (b *writer) setContentType() {
	if b.contentType != "" && b.header.Get("Content-Type") == "" {
		b.header.Set("Content-Type", b.contentType)
	}
}
