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
	case emptyObject(s) && b.payload == nil:
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

// emptyObject reports whether the payload is a structure, which is sent even if it is absent; a union cannot be empty.
func emptyObject(s *codec.Schema) bool {
	m := s.Payload()
	return m != nil && m.Type() == codec.Structure && !m.Shape().Has(codec.Union)
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

// ErrorCode finds the code of a failed answer: in its header, or in its body as code or __type. Namespaces and addresses
// around it are taken off. It is empty where the answer names none.
func (Client) ErrorCode(header http.Header, body []byte) string {
	code := header.Get("X-Amzn-ErrorType")
	if code == "" {
		v, err := jsontext.NewDecoder(body, jsontext.Options{}).DecodeDocument()
		table, ok := v.(map[string]any)
		if err != nil || !ok {
			return ""
		}
		for _, name := range []string{"__type", "code"} {
			if text, ok := table[name].(string); ok {
				code = text
			}
		}
	}
	code, _, _ = strings.Cut(code, ":")
	return code[strings.LastIndexByte(code, '#')+1:]
}
