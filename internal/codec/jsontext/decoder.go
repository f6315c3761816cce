package jsontext

import (
	"unicode/utf8"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
)

// maxDepth is how deep objects and arrays may be nested, known members or not.
const maxDepth = 100

// Options change how a Decoder reads.
type Options struct {
	// Time is the format of timestamps whose schema names none.
	Time codec.TimeFormat
	// Lenient reads answers: a member of a union that the schema lacks, and a null in a list or map that holds none, are
	// passed over, where a request with one is refused.
	Lenient bool
}

// Decoder is a codec.Decoder over one JSON text. It serves one text and one goroutine.
type Decoder struct {
	b       []byte // the text, for scanning
	s       string // a copy of the text, which the strings that are read share
	pos     int
	err     error
	options Options
	stack   []frame
	keys    []string // names seen in the open objects: see once
	scratch []byte
	room    [8]frame // of stack, as deep as most requests are
}

// frame is an open object or array.
type frame struct {
	member  *codec.Member // the structure's member that is being read
	hint    int           // where to look for the next member
	known   uint64        // the first 64 members that were read
	index   int           // the item that is being read, from 0; -1 outside arrays
	key     string        // the map's entry that is being read
	keyed   bool
	sparse  bool
	started bool // a member or item came already
	base    int  // of this object's names in Decoder.keys
	many    map[string]struct{}
}

// NewDecoder starts at the beginning of text, which must not change while the decoder is used.
func NewDecoder(text []byte, options Options) *Decoder {
	d := &Decoder{b: text, s: string(text), options: options}
	d.stack = d.room[:0]
	if !utf8.Valid(text) {
		for d.pos < len(text) {
			r, size := utf8.DecodeRune(text[d.pos:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			d.pos += size
		}
		d.fail("invalid UTF-8")
	}
	return d
}

// Decode reads the whole text, which must be one object, into v.
func (d *Decoder) Decode(v codec.Shape) error {
	d.structure(v)
	d.end()
	return d.err
}

// DecodeDocument reads the whole text, which may be any value.
func (d *Decoder) DecodeDocument() (codec.Document, error) {
	v := d.value()
	d.end()
	return v, d.err
}

// end fails unless only white space is left.
func (d *Decoder) end() {
	if d.peek(); d.pos < len(d.b) {
		d.fail("text after the end of the value")
	}
}

// fail keeps the first error, with the place where it was found.
func (d *Decoder) fail(problem string) {
	if d.err != nil {
		return
	}
	path := make(codec.Path, 0, len(d.stack))
	for _, f := range d.stack {
		path = append(path, codec.Step{Member: f.member, Index: f.index, Key: f.key, Keyed: f.keyed})
	}
	at := ""
	if where := path.String(); where != "" {
		at = " at '" + where + "'"
	}
	d.err = fault.New(fault.Malformed, "%s%s (byte %d)", problem, at, d.pos)
}

// mismatch fails because the value that starts here is not of m's type.
func (d *Decoder) mismatch(m *codec.Member) {
	d.fail(d.token() + " can not be converted to " + m.Type().String())
}

// token names the value that starts here, in the words of AWS's own messages.
func (d *Decoder) token() string {
	switch c := d.peek(); {
	case c == '{':
		return "START_OBJECT"
	case c == '[':
		return "START_ARRAY"
	case c == '"':
		return "STRING_VALUE"
	case c == '-' || c-'0' <= 9:
		return "NUMBER_VALUE"
	case c == 't':
		return "TRUE_VALUE"
	case c == 'f':
		return "FALSE_VALUE"
	case c == 'n':
		return "NULL_VALUE"
	case d.pos >= len(d.b):
		return "END_OF_INPUT"
	}
	return "INVALID_TOKEN"
}
