package awsquery

import (
	"encoding/base64"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// writer is a codec.Encoder that writes a form.
type writer struct {
	b     strings.Builder
	stack []place
}

// place is an open structure, list or map.
type place struct {
	name string // of what is below it, with a dot behind
	// item is how many items or entries came.
	item  int
	list  bool
	outer *codec.Member
}

func (w *writer) add(name, value string) {
	if w.b.Len() > 0 {
		w.b.WriteByte('&')
	}
	w.b.WriteString(url.QueryEscape(name))
	w.b.WriteByte('=')
	w.b.WriteString(url.QueryEscape(value))
}

// name gives the full name of m's value; an item gets the next number.
func (w *writer) name(m *codec.Member) string {
	if len(w.stack) == 0 {
		return m.Wire
	}
	p := &w.stack[len(w.stack)-1]
	switch {
	case p.list:
		p.item++
		return p.name + strconv.Itoa(p.item)
	case p.outer != nil:
		return p.name + strconv.Itoa(p.item) + "." + m.Wire
	}
	return p.name + m.Wire
}

func (w *writer) text(m *codec.Member, value string) { w.add(w.name(m), value) }

func (w *writer) Bool(m *codec.Member, v bool) { w.text(m, strconv.FormatBool(v)) }

func (w *writer) Int(m *codec.Member, v int64) { w.text(m, strconv.FormatInt(v, 10)) }

func (w *writer) Float(m *codec.Member, v float64) {
	switch {
	case math.IsInf(v, 1):
		w.text(m, "Infinity")
	case math.IsInf(v, -1):
		w.text(m, "-Infinity")
	default:
		w.text(m, strconv.FormatFloat(v, 'f', -1, m.Type().Bits()))
	}
}

func (w *writer) String(m *codec.Member, v string) { w.text(m, v) }

func (w *writer) Blob(m *codec.Member, v []byte) {
	w.text(m, base64.StdEncoding.EncodeToString(v))
}

func (w *writer) Time(m *codec.Member, v time.Time) {
	w.text(m, string(codec.AppendTime(nil, v, m.Time)))
}

// Document does nothing: the protocol has no documents.
func (w *writer) Document(*codec.Member, codec.Document) {}

// Stream does nothing: a form holds no stream.
func (w *writer) Stream(*codec.Member, io.Reader) {}

// Null writes a number without value.
func (w *writer) Null(m *codec.Member) { w.text(m, "") }

func (w *writer) Struct(m *codec.Member, v codec.Shape) {
	w.stack = append(w.stack, place{name: w.name(m) + "."})
	v.Encode(w)
	w.stack = w.stack[:len(w.stack)-1]
}

func (w *writer) StartList(m *codec.Member, n int) bool {
	name := w.name(m)
	if n == 0 {
		w.add(name, "")
		return false
	}
	w.open(m, name, m.Target.Item.Wire)
	w.stack[len(w.stack)-1].list = true
	return true
}

func (w *writer) open(m *codec.Member, name, word string) {
	name += "."
	if !m.Has(codec.Flattened) && !m.Target.Has(codec.Flattened) {
		name += word + "."
	}
	w.stack = append(w.stack, place{name: name, outer: m})
}

func (w *writer) EndList(*codec.Member) { w.stack = w.stack[:len(w.stack)-1] }

// StartMap leaves an empty map out, as AWS's clients do, unless the items behind it would move up.
func (w *writer) StartMap(m *codec.Member, n int) bool {
	if n == 0 {
		if m.Has(codec.Element) {
			w.text(m, "")
		}
		return false
	}
	w.open(m, w.name(m), "entry")
	return true
}

func (w *writer) Key(m *codec.Member, key string) {
	w.stack[len(w.stack)-1].item++
	w.text(m, key)
}

func (w *writer) EndMap(*codec.Member) { w.stack = w.stack[:len(w.stack)-1] }
