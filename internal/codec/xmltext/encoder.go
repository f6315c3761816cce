package xmltext

import (
	"encoding/base64"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// Encoder is a codec.Encoder that writes XML text. It serves one text and one goroutine.
type Encoder struct {
	b    []byte
	time codec.TimeFormat
	// level counts the open structures: members of the outermost one may travel outside the body.
	level int
	// inTag is set while the attributes of a start tag are written: then every other member is passed over, else they are.
	inTag bool
	stack []frame // the open lists and maps, and an empty frame for each structure inside them
}

// frame is an open list or map.
type frame struct {
	outer     *codec.Member
	flattened bool
	entry     bool // an entry of the map is open
}

// NewEncoder appends to b; format is that of timestamps whose schema names none.
func NewEncoder(b []byte, format codec.TimeFormat) *Encoder { return &Encoder{b: b, time: format} }

// Bytes gives the text so far.
func (e *Encoder) Bytes() []byte { return e.b }

// Open writes a start tag; namespace may be empty.
func (e *Encoder) Open(name, namespace string) {
	e.b = append(append(e.b, '<'), name...)
	e.namespace("", namespace)
	e.b = append(e.b, '>')
}

// Close writes an end tag.
func (e *Encoder) Close(name string) {
	e.b = append(append(append(e.b, '<', '/'), name...), '>')
}

// Text writes an element that holds text.
func (e *Encoder) Text(name, value string) {
	e.Open(name, "")
	e.b = appendText(e.b, value, false)
	e.Close(name)
}

// Encode writes v as an element of this name.
func (e *Encoder) Encode(name, namespace string, v codec.Shape) {
	e.b = append(append(e.b, '<'), name...)
	e.namespace("", namespace)
	e.content(v)
	e.Close(name)
}

// content writes the attributes of the open start tag, its end, and the members of v.
func (e *Encoder) content(v codec.Shape) {
	e.level++
	if slices.ContainsFunc(v.Schema().Members, func(m codec.Member) bool { return m.Has(codec.XMLAttribute) }) {
		e.inTag = true
		v.Encode(e)
		e.inTag = false
	}
	e.b = append(e.b, '>')
	v.Encode(e)
	e.level--
}

func (e *Encoder) namespace(prefix, uri string) {
	if uri == "" {
		return
	}
	e.b = append(e.b, " xmlns"...)
	if prefix != "" {
		e.b = append(append(e.b, ':'), prefix...)
	}
	e.b = append(appendText(append(e.b, '=', '"'), uri, true), '"')
}

// wanted reports whether m is written now: it is not if it travels outside the body, or in the other part of the element.
func (e *Encoder) wanted(m *codec.Member) bool {
	return m.Has(codec.XMLAttribute) == e.inTag && (m.Location == codec.Body || e.level > 1)
}

// name is that of m's element: an item of a flattened list goes by the name of the list.
func (e *Encoder) name(m *codec.Member) string {
	if m.Has(codec.Element) && len(e.stack) > 0 {
		if f := &e.stack[len(e.stack)-1]; f.flattened && f.outer.Type() == codec.List {
			return f.outer.Wire
		}
	}
	return m.Wire
}

// start writes the start tag of m's element up to its attributes and gives its name.
func (e *Encoder) start(m *codec.Member) string {
	name := e.name(m)
	e.b = append(append(e.b, '<'), name...)
	e.namespace(m.XMLPrefix, m.XMLNamespace)
	return name
}

// scalar writes a value whose text needs no escape.
func (e *Encoder) scalar(m *codec.Member, add func([]byte) []byte) {
	if !e.wanted(m) {
		return
	}
	if e.inTag {
		e.b = append(append(append(e.b, ' '), m.Wire...), '=', '"')
		e.b = append(add(e.b), '"')
		return
	}
	name := e.start(m)
	e.b = add(append(e.b, '>'))
	e.Close(name)
}

// Bool writes true or false.
func (e *Encoder) Bool(m *codec.Member, v bool) {
	e.scalar(m, func(b []byte) []byte { return strconv.AppendBool(b, v) })
}

// Int writes an integer.
func (e *Encoder) Int(m *codec.Member, v int64) {
	e.scalar(m, func(b []byte) []byte { return strconv.AppendInt(b, v, 10) })
}

// Float writes the shortest number that reads back the same, or NaN, Infinity, -Infinity.
func (e *Encoder) Float(m *codec.Member, v float64) {
	e.scalar(m, func(b []byte) []byte { return appendFloat(b, v, m.Type().Bits()) })
}

func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsInf(v, 1):
		return append(b, "Infinity"...)
	case math.IsInf(v, -1):
		return append(b, "-Infinity"...)
	}
	return strconv.AppendFloat(b, v, 'f', -1, bits)
}

// String writes a string. Characters that XML cannot hold become U+FFFD.
func (e *Encoder) String(m *codec.Member, v string) {
	e.scalar(m, func(b []byte) []byte { return appendText(b, v, e.inTag) })
}

// Blob writes base64.
func (e *Encoder) Blob(m *codec.Member, v []byte) {
	e.scalar(m, func(b []byte) []byte { return base64.StdEncoding.AppendEncode(b, v) })
}

// Time writes a timestamp in the member's format.
func (e *Encoder) Time(m *codec.Member, v time.Time) {
	format := m.Time
	if format == codec.DefaultTime {
		format = e.time
	}
	e.scalar(m, func(b []byte) []byte { return codec.AppendTime(b, v, format) })
}

// Document does nothing: no XML protocol has documents.
func (e *Encoder) Document(*codec.Member, codec.Document) {}

// Stream does nothing: no XML body holds a stream.
func (e *Encoder) Stream(*codec.Member, io.Reader) {}

// Null writes an empty element, so that the items behind it keep their places.
func (e *Encoder) Null(m *codec.Member) { e.scalar(m, func(b []byte) []byte { return b }) }

// Struct writes an element with the members of v.
func (e *Encoder) Struct(m *codec.Member, v codec.Shape) {
	if !e.wanted(m) {
		return
	}
	name := e.start(m)
	// The names of this structure's members have nothing to do with the list around it.
	e.stack = append(e.stack, frame{})
	e.content(v)
	e.stack = e.stack[:len(e.stack)-1]
	e.Close(name)
}

func flattened(m *codec.Member) bool {
	return m.Has(codec.Flattened) || m.Target.Has(codec.Flattened)
}

// open begins a list or map, with an element around it unless it is flattened.
func (e *Encoder) open(m *codec.Member) bool {
	if !e.wanted(m) {
		return false
	}
	f := frame{outer: m, flattened: flattened(m)}
	if !f.flattened {
		e.start(m)
		e.b = append(e.b, '>')
	}
	e.stack = append(e.stack, f)
	return true
}

func (e *Encoder) close(m *codec.Member) {
	f := e.stack[len(e.stack)-1]
	e.stack = e.stack[:len(e.stack)-1]
	if !f.flattened {
		e.Close(e.name(m))
	}
}

// StartList begins a list.
func (e *Encoder) StartList(m *codec.Member, _ int) bool { return e.open(m) }

// EndList ends it.
func (e *Encoder) EndList(m *codec.Member) { e.close(m) }

// StartMap begins a map.
func (e *Encoder) StartMap(m *codec.Member, _ int) bool { return e.open(m) }

// EndMap ends it.
func (e *Encoder) EndMap(m *codec.Member) {
	e.endEntry()
	e.close(m)
}

// Key begins an entry with its key.
func (e *Encoder) Key(m *codec.Member, key string) {
	e.endEntry()
	f := &e.stack[len(e.stack)-1]
	f.entry = true
	if f.flattened {
		e.start(f.outer)
		e.b = append(e.b, '>')
	} else {
		e.Open("entry", "")
	}
	e.String(m, key)
}

// endEntry ends the entry that is open, if any.
func (e *Encoder) endEntry() {
	f := &e.stack[len(e.stack)-1]
	switch {
	case !f.entry:
	case f.flattened:
		e.Close(f.outer.Wire)
	default:
		e.Close("entry")
	}
}
