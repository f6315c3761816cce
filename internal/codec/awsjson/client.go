package awsjson

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
)

// Client is the other side of both versions: it writes requests and reads answers. The zero value is ready; it is safe for
// concurrent use.
type Client struct{}

// EncodeRequest makes the request of an operation. Its URL holds a path alone, and it carries no signature.
func (Client) EncodeRequest(op *codec.Operation, in codec.Shape) (*http.Request, error) {
	e := jsontext.NewEncoder(nil, codec.Epoch)
	e.Encode(in)
	r, err := http.NewRequest(op.Method, op.URI, bytes.NewReader(e.Bytes()))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Content-Type", contentType(op.Service))
	r.Header.Set("X-Amz-Target", op.Service.TargetPrefix+"."+op.Name)
	if op.Service.QueryCompatible {
		r.Header.Set("X-Amzn-Query-Mode", "true")
	}
	return r, nil
}

// DecodeResponse fills out from the body of an answer, successful or failed.
func (Client) DecodeResponse(body []byte, out codec.Shape) error {
	if len(body) == 0 {
		return nil
	}
	return jsontext.NewDecoder(body, jsontext.Options{Time: codec.Epoch, Lenient: true}).Decode(out)
}

// ErrorCode finds the code of a failed answer: that of awsQuery where the service was that once, else one in a header, else the
// body's __type or code. Namespaces and addresses around it are taken off. It is empty where the answer names none.
func (Client) ErrorCode(header http.Header, body []byte) string {
	if code, _, ok := strings.Cut(header.Get("X-Amzn-Query-Error"), ";"); ok {
		return code
	}
	code := header.Get("X-Amzn-ErrorType")
	if code == "" {
		v, err := jsontext.NewDecoder(body, jsontext.Options{}).DecodeDocument()
		table, ok := v.(map[string]any)
		if err != nil || !ok {
			return ""
		}
		for _, name := range []string{"code", "__type"} {
			if text, ok := table[name].(string); ok {
				code = text
			}
		}
	}
	code, _, _ = strings.Cut(code, ":")
	return code[strings.LastIndexByte(code, '#')+1:]
}
