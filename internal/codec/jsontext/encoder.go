package jsontext

import (
	"encoding/base64"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"merlon.dev/merlon/internal/codec"
)

// Encoder is a codec.Encoder that writes JSON text. It serves one text and one goroutine.
type Encoder struct {
	b     []byte
	time  codec.TimeFormat
	depth int // open objects and arrays
}

// NewEncoder appends to b; format is that of timestamps whose schema names none.
func NewEncoder(b []byte, format codec.TimeFormat) *Encoder { return &Encoder{b: b, time: format} }

// Bytes gives the text so far.
func (e *Encoder) Bytes() []byte { return e.b }

// Encode writes v as an object. Members that travel outside the body are left out.
func (e *Encoder) Encode(v codec.Shape) {
	e.b = append(e.b, '{')
	e.depth++
	v.Encode(e)
	e.depth--
	e.b = append(e.b, '}')
}

// start writes what comes before a value: a comma, and a member's name. It answers false for a member outside the body.
func (e *Encoder) start(m *codec.Member) bool {
	if m.Location != codec.Body && e.depth == 1 {
		return false
	}
	e.comma()
	if !m.Has(codec.Element) {
		e.b = append(AppendString(e.b, m.Wire), ':')
	}
	return true
}

// comma separates from the value before. Nothing but the start of an object, array or entry ends in one of these characters,
// since a string ends in a quote.
func (e *Encoder) comma() {
	if len(e.b) == 0 {
		return
	}
	switch e.b[len(e.b)-1] {
	case '{', '[', ':':
	default:
		e.b = append(e.b, ',')
	}
}

// Bool writes true or false.
func (e *Encoder) Bool(m *codec.Member, v bool) {
	if e.start(m) {
		e.b = strconv.AppendBool(e.b, v)
	}
}

// Int writes an integer without a fraction, as some SDKs insist on.
func (e *Encoder) Int(m *codec.Member, v int64) {
	if e.start(m) {
		e.b = strconv.AppendInt(e.b, v, 10)
	}
}

// Float writes the shortest number that reads back the same; what JSON cannot write becomes a string.
func (e *Encoder) Float(m *codec.Member, v float64) {
	if e.start(m) {
		e.b = appendFloat(e.b, v, m.Target.Type)
	}
}

func appendFloat(b []byte, v float64, t codec.Type) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Infinity"`...)
	}
	format := byte('f')
	// Very large and small numbers would be rows of zeros.
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, v, format, -1, t.Bits())
	// strconv writes two digits of exponent at least, JSON needs one.
	if n := len(b); format == 'e' && b[n-4] == 'e' && b[n-2] == '0' {
		b = append(b[:n-2], b[n-1])
	}
	return b
}

// String writes a string.
func (e *Encoder) String(m *codec.Member, v string) {
	if e.start(m) {
		e.b = AppendString(e.b, v)
	}
}

// Blob writes base64.
func (e *Encoder) Blob(m *codec.Member, v []byte) {
	if e.start(m) {
		e.b = append(base64.StdEncoding.AppendEncode(append(e.b, '"'), v), '"')
	}
}

// Time writes a timestamp in the member's format.
func (e *Encoder) Time(m *codec.Member, v time.Time) {
	if !e.start(m) {
		return
	}
	format := m.Time
	if format == codec.DefaultTime {
		format = e.time
	}
	if format == codec.Epoch {
		e.b = codec.AppendTime(e.b, v, format)
		return
	}
	e.b = append(codec.AppendTime(append(e.b, '"'), v, format), '"')
}

// Document writes any value.
func (e *Encoder) Document(m *codec.Member, v codec.Document) {
	if !e.start(m) {
		return
	}
	if m.Has(codec.JSONValue) {
		e.b = AppendString(e.b, string(AppendDocument(nil, v)))
		return
	}
	e.b = AppendDocument(e.b, v)
}

// Stream does nothing: no JSON body holds a stream.
func (e *Encoder) Stream(*codec.Member, io.Reader) {}

// Null writes null.
func (e *Encoder) Null(m *codec.Member) {
	if e.start(m) {
		e.b = append(e.b, "null"...)
	}
}

// Struct writes an object.
func (e *Encoder) Struct(m *codec.Member, v codec.Shape) {
	if e.start(m) {
		e.Encode(v)
	}
}

// StartList opens an array.
func (e *Encoder) StartList(m *codec.Member, _ int) bool { return e.open(m, '[') }

// EndList closes it.
func (e *Encoder) EndList(*codec.Member) { e.close(']') }

// StartMap opens an object.
func (e *Encoder) StartMap(m *codec.Member, _ int) bool { return e.open(m, '{') }

// EndMap closes it.
func (e *Encoder) EndMap(*codec.Member) { e.close('}') }

// Key writes the name of an entry.
func (e *Encoder) Key(_ *codec.Member, key string) {
	e.comma()
	e.b = append(AppendString(e.b, key), ':')
}

func (e *Encoder) open(m *codec.Member, c byte) bool {
	if !e.start(m) {
		return false
	}
	e.b = append(e.b, c)
	e.depth++
	return true
}

func (e *Encoder) close(c byte) {
	e.depth--
	e.b = append(e.b, c)
}

// AppendDocument writes a document as JSON text, the names of its objects in order. What is no document becomes null.
func AppendDocument(b []byte, v codec.Document) []byte {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return appendFloat(b, v, codec.Double)
	case string:
		return AppendString(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendDocument(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(AppendString(b, key), ':')
			b = AppendDocument(b, v[key])
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// AppendString writes a JSON string. Bytes that are no UTF-8 become U+FFFD, since the text must be valid.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(slices.Grow(b, len(s)+2), '"')
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	for {
		i := plainString(s)
		b = append(b, s[:i]...)
		if i == len(s) {
			return append(b, '"')
		}
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		s = s[i+1:]
	}
}

// plainString gives how many bytes of s need no escape.
func plainString(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		x := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		if n := special(x); n < 8 {
			return i + n
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}
