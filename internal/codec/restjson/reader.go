package restjson

import (
	"bytes"
	"encoding/base64"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
)

// reader is a codec.Decoder for the members outside the JSON body; it never gives the others.
type reader struct {
	labels  map[string]string // unescaped, by the template's name
	query   url.Values
	header  http.Header
	status  int
	body    []byte
	options jsontext.Options

	next    int           // the member to look at next
	current *codec.Member // the member that is being read
	values  []string      // of the current member, or of the current entry of a map
	item    int           // the next of values
	keys    []string      // entries of the current map that are still to come
	err     error
}

// readRequest takes a request apart.
func readRequest(op *codec.Operation, r *http.Request, labels []string) (*reader, error) {
	b := &reader{header: r.Header, options: jsontext.Options{Time: codec.Epoch}, labels: make(map[string]string, len(labels))}
	names := labelNames(op.URI)
	if len(names) != len(labels) {
		return nil, fault.New(fault.Malformed, "the path does not fit %s", op.URI)
	}
	for i, escaped := range labels {
		text, err := url.PathUnescape(escaped)
		if err != nil || !utf8.ValidString(text) {
			return nil, fault.New(fault.Malformed, "invalid escape in the path at '%s'", names[i])
		}
		b.labels[names[i]] = text
	}
	if r.URL.RawQuery == "" {
		return b, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fault.New(fault.Malformed, "invalid query string")
	}
	for name, values := range query {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(values, "")) {
			return nil, fault.New(fault.Malformed, "invalid UTF-8 in the query string")
		}
	}
	b.query = query
	return b, nil
}

// labelNames gives the names in a URI template, in order, without the plus of a greedy one.
func labelNames(uri string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(uri, "{")
		if !found {
			return names
		}
		name, after, _ := strings.Cut(rest, "}")
		names, uri = append(names, strings.TrimSuffix(name, "+")), after
	}
}

// Member gives the next member that is present outside the JSON body.
func (b *reader) Member(s *codec.Schema) *codec.Member {
	for b.err == nil && b.next < len(s.Members) {
		m := &s.Members[b.next]
		b.next++
		b.current, b.values, b.item, b.keys = m, nil, 0, nil
		if b.present(m) {
			return m
		}
	}
	return nil
}

// present finds the values or entries of a member.
func (b *reader) present(m *codec.Member) bool {
	switch m.Location {
	case codec.Label:
		text, ok := b.labels[m.Wire]
		b.values = []string{text}
		return ok
	case codec.Query:
		b.values = b.query[m.Wire]
	case codec.Header:
		b.values = b.header.Values(m.Wire)
	case codec.StatusCode:
		b.values = []string{strconv.Itoa(b.status)}
	case codec.Queries:
		// A server puts every parameter here, those that other members name included.
		b.keys = slices.Collect(maps.Keys(b.query))
	case codec.Headers:
		for name := range b.header {
			if len(name) > len(m.Wire) && strings.EqualFold(name[:len(m.Wire)], m.Wire) {
				b.keys = append(b.keys, name)
			}
		}
	case codec.Payload:
		return m.Has(codec.Streaming) || (len(b.body) > 0 && !m.Has(codec.EventStream))
	}
	return len(b.values)+len(b.keys) > 0
}

// fail keeps the first error.
func (b *reader) fail(m *codec.Member) {
	if b.err != nil {
		return
	}
	where := "headers"
	switch b.current.Location {
	case codec.Label:
		where = "path"
	case codec.Query, codec.Queries:
		where = "query string"
	case codec.Payload:
		where = "body"
	}
	b.err = fault.New(fault.Malformed, "STRING_VALUE can not be converted to %s at '%s' (in the %s)",
		m.Type(), codec.Path{{Member: b.current, Index: -1}}, where)
}

// text gives the next value. A second value of a member that takes one is refused: which one counts is anybody's guess.
func (b *reader) text(m *codec.Member) string {
	if b.err != nil {
		return ""
	}
	if m.Location == codec.Payload {
		if !utf8.Valid(b.body) {
			b.fail(m)
		}
		return string(b.body)
	}
	if b.item >= len(b.values) || (!m.Has(codec.Element) && len(b.values) > 1) {
		b.fail(m)
		return ""
	}
	b.item++
	return b.values[b.item-1]
}

func (b *reader) Bool(m *codec.Member) bool {
	switch b.text(m) {
	case "true":
		return true
	case "false":
	default:
		b.fail(m)
	}
	return false
}

func (b *reader) Int(m *codec.Member) int64 {
	text := b.text(m)
	v, err := strconv.ParseInt(text, 10, m.Type().Bits())
	if err != nil || text[0] == '+' {
		b.fail(m)
	}
	return v
}

func (b *reader) Float(m *codec.Member) float64 {
	switch text := b.text(m); text {
	case "NaN":
		return math.NaN()
	case "Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	default:
		v, err := strconv.ParseFloat(text, m.Type().Bits())
		// ParseFloat also takes hexadecimal, underscores and other names of the infinities.
		if err != nil || strings.ContainsAny(text, "xXpP_nN") {
			b.fail(m)
		}
		return v
	}
}

func (b *reader) String(m *codec.Member) string {
	text := b.text(m)
	// A server reads what it is sent; only HTTP says that a header's bytes need not be UTF-8.
	if !utf8.ValidString(text) {
		b.fail(m)
	}
	return text
}

func (b *reader) Blob(m *codec.Member) []byte {
	if m.Location == codec.Payload {
		return b.body
	}
	v, err := base64.StdEncoding.Strict().DecodeString(b.text(m))
	if err != nil {
		b.fail(m)
	}
	return v
}

func (b *reader) Time(m *codec.Member) time.Time {
	t, err := codec.ParseTime(b.text(m), boundTime(m, b.current))
	if err != nil {
		b.fail(m)
	}
	return t
}

func (b *reader) Document(m *codec.Member) codec.Document {
	data := b.body
	if m.Location != codec.Payload {
		var err error
		if data, err = base64.StdEncoding.DecodeString(b.text(m)); err != nil {
			b.fail(m)
		}
	}
	if b.err != nil {
		return nil
	}
	v, err := jsontext.NewDecoder(data, b.options).DecodeDocument()
	b.err = err
	return v
}

func (b *reader) Stream(*codec.Member) io.Reader { return bytes.NewReader(b.body) }

func (b *reader) Struct(_ *codec.Member, v codec.Shape) {
	if b.err == nil {
		b.err = decodeBody(b.body, v, b.options)
	}
}

// Null never comes outside a body.
func (b *reader) Null(*codec.Member) bool { return false }

func (b *reader) StartList(m *codec.Member) {
	if b.current.Location != codec.Header {
		return
	}
	item := m.Target.Item
	dates := item.Type() == codec.Timestamp && boundTime(item, b.current) == codec.HTTPDate
	var items []string
	for _, line := range b.values {
		split, ok := splitHeader(line, dates)
		if !ok {
			b.fail(m)
		}
		items = append(items, split...)
	}
	b.values = items
}

func (b *reader) Item(*codec.Member) bool { return b.err == nil && b.item < len(b.values) }

func (b *reader) StartMap(*codec.Member) { slices.Sort(b.keys) }

func (b *reader) Key(*codec.Member) (string, bool) {
	if b.err != nil || len(b.keys) == 0 {
		return "", false
	}
	key := b.keys[0]
	b.keys, b.item = b.keys[1:], 0
	if b.current.Location == codec.Queries {
		b.values = b.query[key]
		return key, true
	}
	// Header names have no case; the entry's key is written small, as HTTP/2 clients send it.
	b.values = []string{strings.Join(b.header[key], ", ")}
	return strings.ToLower(key[len(b.current.Wire):]), true
}
