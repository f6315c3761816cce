// Package openaijson is the wire protocol of OpenAI's HTTP API: bodies are JSON as they come, failures an error object, streams server-sent events.
package openaijson

import (
	"io"
	"net/http"
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/codec/restjson"
)

// Name is the protocol's in codec.Service.
const Name = "openai-json"

// Protocol is the server's side. Beside the body it knows the members in headers that restJson1 knows. The zero value is ready; it is
// safe for concurrent use.
type Protocol struct{ rest restjson.Protocol }

var _ codec.Protocol = Protocol{}

// DecodeRequest fills in from the headers; a blob that is the whole payload is body itself.
func (p Protocol) DecodeRequest(op *codec.Operation, r *http.Request, labels []string, body []byte, in codec.Shape) error {
	return p.rest.DecodeRequest(op, r, labels, body, in)
}

// EncodeResponse writes status, headers and body. Of a stream the events follow, through Events.
func (p Protocol) EncodeResponse(w http.ResponseWriter, op *codec.Operation, out codec.Shape) error {
	if payload := out.Schema().Payload(); payload == nil || !payload.Has(codec.EventStream) {
		return p.rest.EncodeResponse(w, op, out)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(op.Status)
	return nil
}

// EncodeError writes a failed answer.
func (Protocol) EncodeError(w http.ResponseWriter, failure codec.Failure) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if failure.RequestID != "" {
		h.Set("X-Request-Id", failure.RequestID)
	}
	body := failureBody(failure)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(failure.Status)
	_, _ = w.Write(body) // a client that hung up is no fault of this answer
}

// failureBody is the error object. Its type is one of OpenAI's, by the status; its code is the name of the exception.
func failureBody(failure codec.Failure) []byte {
	body := jsontext.AppendString([]byte(`{"error":{"message":`), failure.Message)
	body = jsontext.AppendString(append(body, `,"type":`...), typeOf(failure.Status))
	body = jsontext.AppendString(append(body, `,"param":null,"code":`...), failure.Code)
	return append(body, "}}"...)
}

func typeOf(status int) string {
	switch {
	case status == http.StatusTooManyRequests:
		return "rate_limit_error"
	case status == http.StatusUnauthorized:
		return "authentication_error"
	case status == http.StatusForbidden:
		return "permission_error"
	case status == http.StatusNotFound:
		return "not_found_error"
	case status >= 500:
		return "server_error"
	default:
		return "invalid_request_error"
	}
}

// Events sends events to w, each at once where w can be flushed.
func (Protocol) Events(w io.Writer) codec.EventWriter { return &events{w: w} }
