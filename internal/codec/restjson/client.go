package restjson

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
)

// Client is the other side of restJson1: it writes requests and reads answers. The zero value is ready; it is safe for
// concurrent use.
type Client struct{}

// EncodeRequest makes the request of an operation. Its URL holds path and query alone, and it carries no signature.
func (Client) EncodeRequest(op *codec.Operation, in codec.Shape) (*http.Request, error) {
	b := writer{labels: map[string]string{}, header: http.Header{}}
	s := in.Schema()
	if in.Encode(&b); b.err != nil {
		return nil, b.err
	}
	switch {
	case hasBody(s):
		b.payload, b.contentType = encodeBody(in), "application/json"
	case s.Payload() != nil && s.Payload().Type() == codec.Structure && b.payload == nil:
		// A structure that is the payload is sent even if it is absent.
		b.payload, b.contentType = []byte("{}"), "application/json"
	}
	b.setContentType()
	body := b.stream
	if body == nil && b.payload != nil {
		body = bytes.NewReader(b.payload)
	}
	r, err := http.NewRequest(op.Method, b.target(op.URI), body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header = b.header
	return r, nil
}

// target fills the labels and parameters into a URI template.
func (b *writer) target(uri string) string {
	path, fixed, _ := strings.Cut(uri, "?")
	for _, name := range labelNames(path) {
		value := escape(b.labels[name])
		if strings.Contains(path, "{"+name+"+}") {
			value = strings.ReplaceAll(value, "%2F", "/")
			path = strings.Replace(path, "{"+name+"+}", value, 1)
			continue
		}
		path = strings.Replace(path, "{"+name+"}", value, 1)
	}
	var query []string
	if fixed != "" {
		query = append(query, fixed)
	}
	for _, p := range b.query {
		if p.mapped && slices.ContainsFunc(b.query, func(o parameter) bool { return o.name == p.name && !o.mapped }) {
			continue
		}
		query = append(query, escape(p.name)+"="+escape(p.value))
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path
}

// escape leaves only the unreserved characters of RFC 3986, as signing wants it.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// DecodeResponse fills out from an answer of which body is the whole payload.
func (Client) DecodeResponse(status int, header http.Header, body []byte, out codec.Shape) error {
	options := jsontext.Options{Time: codec.Epoch, Lenient: true}
	s := out.Schema()
	if s.Has(codec.Bound) {
		b := &reader{header: header, status: status, body: body, options: options}
		if out.Decode(b); b.err != nil {
			return b.err
		}
	}
	if len(body) == 0 || !hasBody(s) {
		return nil
	}
	return decodeBody(body, out, options)
}
