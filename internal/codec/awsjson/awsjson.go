// Package awsjson is the awsJson1.0 and awsJson1.1 protocols: an operation named in a header, and a JSON body for everything else.
package awsjson

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
)

// Protocol is the server's side of both versions; the service says which it speaks. The zero value is ready; it is safe for
// concurrent use.
type Protocol struct{}

var _ codec.Protocol = Protocol{}

// contentType is that of a service's requests and answers. The older version is the one of a service that is not known.
func contentType(s *codec.Service) string {
	if s != nil && s.JSONVersion == "1.1" {
		return "application/x-amz-json-1.1"
	}
	return "application/x-amz-json-1.0"
}

// DecodeRequest fills in from the body. Strings share one copy of it. Without a body every member is absent.
func (Protocol) DecodeRequest(_ *codec.Operation, r *http.Request, _ []string, body []byte, in codec.Shape) error {
	if len(body) == 0 {
		return nil
	}
	if err := jsonContent(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	return serialization(jsontext.NewDecoder(body, jsontext.Options{Time: codec.Epoch}).Decode(in))
}

// jsonContent refuses a body that says it is something else. Both versions write the same bodies, so that either name will do.
func jsonContent(contentType string) error {
	media, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "application/x-amz-json-1.0", "application/x-amz-json-1.1", "":
		return nil
	}
	return serialization(fault.New(fault.Malformed, "content type %s is not supported, use application/x-amz-json-1.1", strconv.Quote(contentType)))
}

// serialization gives a malformed request the code that JSON services use.
func serialization(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "" {
		f.Code = "SerializationException"
	}
	return err
}

// EncodeResponse writes status, headers and body; an answer without members is an empty object.
func (Protocol) EncodeResponse(w http.ResponseWriter, op *codec.Operation, out codec.Shape) error {
	e := jsontext.NewEncoder(make([]byte, 0, 512), codec.Epoch)
	e.Encode(out)
	send(w, contentType(op.Service), http.StatusOK, e.Bytes())
	return nil
}

// EncodeError writes a failed answer: the code and the message in the body. awsJson1.0 puts the service's namespace in front of
// the code.
func (Protocol) EncodeError(w http.ResponseWriter, failure codec.Failure) {
	s := failure.Service
	exception := s.Exception(failure.Code)
	kind, message := failure.Code, "message"
	if s != nil && s.ErrorNamespace != "" {
		kind = s.ErrorNamespace + "#" + kind
	}
	if exception != nil && exception.MessageName != "" {
		message = exception.MessageName
	}
	h := w.Header()
	if failure.RequestID != "" {
		h.Set("X-Amzn-Requestid", failure.RequestID)
	}
	if s != nil && s.QueryCompatible {
		h.Set("X-Amzn-Query-Error", queryError(failure, exception))
	}
	body := jsontext.AppendString([]byte(`{"__type":`), kind)
	// Some exceptions of KMS have neither member nor text, and are answered so.
	if failure.Message != "" {
		body = append(jsontext.AppendString(append(body, ','), message), ':')
		body = jsontext.AppendString(body, failure.Message)
	}
	for _, name := range codec.Keys(failure.Members) {
		body = append(jsontext.AppendString(append(body, ','), name), ':')
		body = jsontext.AppendString(body, failure.Members[name])
	}
	send(w, contentType(s), failure.Status, append(body, '}'))
}

// queryError is a failure in the words of awsQuery: code and whose fault it is.
func queryError(failure codec.Failure, exception *codec.Exception) string {
	code, side := failure.Code, "Sender"
	if exception != nil && exception.QueryCode != "" {
		code = exception.QueryCode
	}
	if failure.Status >= http.StatusInternalServerError {
		side = "Receiver"
	}
	return code + ";" + side
}

func send(w http.ResponseWriter, contentType string, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A client that hung up is no fault of this answer, and nothing is left to be told to it.
	_, _ = w.Write(body)
}
