package restjson

import (
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
)

// writer is a codec.Encoder for the members outside the JSON body; it passes over the others.
type writer struct {
	labels map[string]string // unescaped, by the template's name
	query  []parameter
	header http.Header
	status int

	payload     []byte
	stream      io.Reader
	contentType string

	outer *codec.Member // the list or map that is open
	key   string        // the open map's entry
	items []string      // of a list in a header
	err   error
}

// parameter is one query parameter.
type parameter struct {
	name, value string
	mapped      bool // it comes out of a map, and yields to a member of that name
}

// text places a value that has a text form.
func (b *writer) text(m *codec.Member, value string) {
	if m.Has(codec.Element) {
		b.element(m, value)
		return
	}
	switch m.Location {
	case codec.Label:
		b.labels[m.Wire] = value
	case codec.Query:
		b.query = append(b.query, parameter{name: m.Wire, value: value})
	case codec.Header:
		b.setHeader(m.Wire, value)
	case codec.StatusCode:
		status, err := strconv.Atoi(value)
		if err != nil {
			b.err = fmt.Errorf("status %q is no number", value)
		}
		b.status = status
	case codec.Payload:
		b.payload, b.contentType = []byte(value), "text/plain"
	}
}

// element places an item of a list or a value of a map.
func (b *writer) element(m *codec.Member, value string) {
	switch b.outer.Location {
	case codec.Query:
		b.query = append(b.query, parameter{name: b.outer.Wire, value: value})
	case codec.Queries:
		b.query = append(b.query, parameter{name: b.key, value: value, mapped: true})
	case codec.Headers:
		b.setHeader(b.outer.Wire+b.key, value)
	case codec.Header:
		if m.Type() == codec.String && strings.ContainsAny(value, `",`) {
			value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		b.items = append(b.items, value)
	}
}

// setHeader refuses what would end the header line early: net/http would change it without a word.
func (b *writer) setHeader(name, value string) {
	if strings.ContainsAny(name+value, "\r\n\x00") {
		b.err = fmt.Errorf("header %q holds a line end", name)
		return
	}
	b.header.Set(name, value)
}

func (b *writer) Bool(m *codec.Member, v bool) { b.text(m, strconv.FormatBool(v)) }

func (b *writer) Int(m *codec.Member, v int64) { b.text(m, strconv.FormatInt(v, 10)) }

func (b *writer) Float(m *codec.Member, v float64) {
	switch {
	case math.IsInf(v, 1):
		b.text(m, "Infinity")
	case math.IsInf(v, -1):
		b.text(m, "-Infinity")
	default:
		b.text(m, strconv.FormatFloat(v, 'f', -1, m.Type().Bits()))
	}
}

func (b *writer) String(m *codec.Member, v string) { b.text(m, v) }

func (b *writer) Time(m *codec.Member, v time.Time) {
	at := m
	if m.Has(codec.Element) {
		at = b.outer
	}
	b.text(m, string(codec.AppendTime(nil, v, boundTime(m, at))))
}

// boundTime is the format of a timestamp outside the body: HTTP's own in headers, ISO 8601 in the path and query.
func boundTime(m, at *codec.Member) codec.TimeFormat {
	switch {
	case m.Time != codec.DefaultTime:
		return m.Time
	case at.Location == codec.Header || at.Location == codec.Headers:
		return codec.HTTPDate
	}
	return codec.ISO8601
}

func (b *writer) Blob(m *codec.Member, v []byte) {
	if m.Location == codec.Payload {
		b.payload, b.contentType = v, "application/octet-stream"
		return
	}
	b.text(m, base64.StdEncoding.EncodeToString(v))
}

func (b *writer) Document(m *codec.Member, v codec.Document) {
	text := jsontext.AppendDocument(nil, v)
	if m.Location == codec.Payload {
		b.payload, b.contentType = text, "application/json"
		return
	}
	b.text(m, base64.StdEncoding.EncodeToString(text))
}

func (b *writer) Stream(m *codec.Member, v io.Reader) {
	if m.Location == codec.Payload {
		b.stream, b.contentType = v, "application/octet-stream"
	}
}

func (b *writer) Struct(m *codec.Member, v codec.Shape) {
	if m.Location == codec.Payload {
		b.payload, b.contentType = encodeBody(v), "application/json"
	}
}

// Null has no form outside a body.
func (b *writer) Null(*codec.Member) {}

func (b *writer) StartList(m *codec.Member, _ int) bool {
	// A list inside a map of query parameters repeats the parameter.
	if m.Has(codec.Element) {
		return true
	}
	b.outer, b.items = m, nil
	return m.Location == codec.Query || m.Location == codec.Header
}

func (b *writer) EndList(m *codec.Member) {
	if m.Location == codec.Header {
		b.setHeader(m.Wire, strings.Join(b.items, ", "))
	}
}

func (b *writer) StartMap(m *codec.Member, _ int) bool {
	b.outer = m
	return m.Location == codec.Queries || m.Location == codec.Headers
}

func (b *writer) Key(_ *codec.Member, key string) { b.key = key }

func (b *writer) EndMap(*codec.Member) {}
