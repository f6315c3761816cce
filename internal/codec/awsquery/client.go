package awsquery

import (
	"fmt"
	"net/http"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/xmltext"
)

// Client is the other side of awsQuery: it writes requests and reads answers. The zero value is ready; it is safe for
// concurrent use.
type Client struct{}

// EncodeRequest makes the request of an operation. Its URL holds a path alone, and it carries no signature.
func (Client) EncodeRequest(op *codec.Operation, in codec.Shape) (*http.Request, error) {
	w := writer{}
	w.add(action, op.Name)
	w.add(version, op.Service.APIVersion)
	in.Encode(&w)
	r, err := http.NewRequest(op.Method, op.URI, strings.NewReader(w.b.String()))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r, nil
}

// DecodeResponse fills out from the body of a successful answer.
func (Client) DecodeResponse(op *codec.Operation, body []byte, out codec.Shape) error {
	if len(body) == 0 {
		return nil
	}
	doc, err := xmltext.Parse(body)
	if err != nil {
		return err
	}
	result, ok := doc.Child(xmltext.Element{}, resultName(op))
	if !ok {
		return nil
	}
	return doc.Decode(result, out, xmltext.Options{Time: codec.ISO8601, Lenient: true})
}

// ErrorAnswer is a failed answer.
type ErrorAnswer struct {
	Type, Code, Message, RequestID string
}

// DecodeError reads a failed answer; members, unless it is nil, is filled from what the exception has besides.
func (Client) DecodeError(body []byte, members codec.Shape) (ErrorAnswer, error) {
	doc, err := xmltext.Parse(body)
	if err != nil {
		return ErrorAnswer{}, err
	}
	root := xmltext.Element{}
	failure, _ := doc.Child(root, "Error")
	text := func(of xmltext.Element, name string) string {
		if e, ok := doc.Child(of, name); ok {
			return doc.Text(e)
		}
		return ""
	}
	answer := ErrorAnswer{Type: text(failure, "Type"), Code: text(failure, "Code"), Message: text(failure, "Message"), RequestID: text(root, "RequestId")}
	if members != nil {
		err = doc.Decode(failure, members, xmltext.Options{Time: codec.ISO8601, Lenient: true})
	}
	return answer, err
}
