package jsontext

import (
	"encoding/base64"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
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
	keys    []string // names seen in the open objects, see seen
	scratch []byte
	room    [8]frame
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

// Member gives the next member of the open structure that the schema knows.
func (d *Decoder) Member(s *codec.Schema) *codec.Member {
	for d.next('}') {
		name := d.name()
		if d.err != nil {
			return nil
		}
		f := &d.stack[len(d.stack)-1]
		f.member = nil
		m := s.ByWire(name, f.hint)
		// Only the outermost structure has members outside the body.
		if m == nil || (m.Location != codec.Body && len(d.stack) == 1) {
			if s.Has(codec.Union) && !d.options.Lenient && name != "__type" {
				d.fail("unknown member " + strconv.Quote(name) + " of the union " + s.Name)
				return nil
			}
			d.once(f, name)
			d.skip()
			continue
		}
		f.member, f.hint = m, m.Index+1
		if m.Index >= 64 {
			d.once(f, name)
		} else if bit := uint64(1) << m.Index; f.known&bit != 0 {
			d.fail("duplicate name " + strconv.Quote(name))
		} else {
			f.known |= bit
		}
		if d.peek() == 'n' {
			d.literal("null")
			continue
		}
		if d.err != nil {
			return nil
		}
		return m
	}
	return nil
}

// next moves to the next member or item of the open object or array, or past its closing character.
func (d *Decoder) next(closing byte) bool {
	if d.err != nil {
		return false
	}
	f := &d.stack[len(d.stack)-1]
	c := d.peek()
	switch {
	case c == closing:
		d.pos++
		d.pop()
		return false
	case !f.started:
		f.started = true
	case c == ',':
		d.pos++
	default:
		d.fail("expected ',' or '" + string(closing) + "', found " + d.token())
		return false
	}
	return true
}

func (d *Decoder) push() {
	if len(d.stack) == maxDepth {
		d.fail("more than 100 levels")
		return
	}
	d.stack = append(d.stack, frame{index: -1, base: len(d.keys)})
}

func (d *Decoder) pop() {
	last := len(d.stack) - 1
	d.keys = d.keys[:d.stack[last].base]
	d.stack = d.stack[:last]
}

// few is how many names of an object are compared one by one before a map takes over.
const few = 16

// once fails where the open object had this name before.
func (d *Decoder) once(f *frame, name string) {
	if f.many != nil {
		if _, dup := f.many[name]; dup {
			d.fail("duplicate name " + strconv.Quote(name))
		}
		f.many[name] = struct{}{}
		return
	}
	for _, k := range d.keys[f.base:] {
		if k == name {
			d.fail("duplicate name " + strconv.Quote(name))
			return
		}
	}
	d.keys = append(d.keys, name)
	if len(d.keys)-f.base > few {
		f.many = make(map[string]struct{}, 4*few)
		for _, k := range d.keys[f.base:] {
			f.many[k] = struct{}{}
		}
	}
}

// Struct reads v from an object.
func (d *Decoder) Struct(m *codec.Member, v codec.Shape) {
	if d.err == nil && d.peek() != '{' {
		d.mismatch(m)
	}
	d.structure(v)
}

func (d *Decoder) structure(v codec.Shape) {
	if d.err != nil {
		return
	}
	if d.peek() != '{' {
		d.fail("expected an object, found " + d.token())
		return
	}
	d.push()
	if d.err == nil {
		d.pos++
		v.Decode(d)
	}
}

// StartList opens an array.
func (d *Decoder) StartList(m *codec.Member) { d.open(m, '[') }

// StartMap opens an object that is a map.
func (d *Decoder) StartMap(m *codec.Member) { d.open(m, '{') }

func (d *Decoder) open(m *codec.Member, c byte) {
	if d.err != nil {
		return
	}
	if d.peek() != c {
		d.mismatch(m)
		return
	}
	d.push()
	if d.err == nil {
		d.pos++
		d.stack[len(d.stack)-1].sparse = m.Target.Has(codec.Sparse)
	}
}

// Item moves to the next item of the open array.
func (d *Decoder) Item(*codec.Member) bool {
	for d.next(']') {
		f := &d.stack[len(d.stack)-1]
		f.index++
		if !d.dropNull(f) {
			return d.err == nil
		}
	}
	return false
}

// Key moves to the next entry of the open map.
func (d *Decoder) Key(*codec.Member) (string, bool) {
	for d.next('}') {
		name := d.name()
		if d.err != nil {
			break
		}
		f := &d.stack[len(d.stack)-1]
		d.once(f, name)
		f.key, f.keyed = name, true
		if !d.dropNull(f) {
			return name, d.err == nil
		}
	}
	return "", false
}

// dropNull passes over a null that the open list or map does not hold, or fails.
func (d *Decoder) dropNull(f *frame) bool {
	if f.sparse || d.peek() != 'n' {
		return false
	}
	if !d.options.Lenient {
		d.fail("NULL_VALUE in a list or map that holds none")
		return false
	}
	d.literal("null")
	return true
}

// Null consumes a null.
func (d *Decoder) Null(*codec.Member) bool {
	if d.err != nil || d.peek() != 'n' {
		return false
	}
	d.literal("null")
	return d.err == nil
}

// Bool reads true or false.
func (d *Decoder) Bool(m *codec.Member) bool {
	if d.err != nil {
		return false
	}
	switch d.peek() {
	case 't':
		d.literal("true")
		return true
	case 'f':
		d.literal("false")
	default:
		d.mismatch(m)
	}
	return false
}

// Int reads a number without a fraction. 1.0 and 1e2 are the integers that they equal; 1.5 is refused, and so is what the
// member's type cannot hold.
func (d *Decoder) Int(m *codec.Member) int64 {
	start, text := d.numberOf(m)
	if d.err != nil {
		return 0
	}
	bits := m.Type().Bits()
	v, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		limit := math.Ldexp(1, min(bits-1, 53))
		if ferr != nil || f != math.Trunc(f) || f < -limit || f >= limit || !strings.ContainsAny(text, ".eE") {
			d.pos = start
			d.mismatch(m)
			return 0
		}
		v = int64(f)
	}
	return v
}

// Float reads a number, or one of the strings that stand for what JSON cannot write.
func (d *Decoder) Float(m *codec.Member) float64 {
	if d.err == nil && d.peek() == '"' {
		start := d.pos
		switch d.str() {
		case "NaN":
			return math.NaN()
		case "Infinity":
			return math.Inf(1)
		case "-Infinity":
			return math.Inf(-1)
		}
		d.pos = start
		d.mismatch(m)
	}
	start, text := d.numberOf(m)
	if d.err != nil {
		return 0
	}
	v, err := strconv.ParseFloat(text, m.Type().Bits())
	if err != nil {
		d.pos = start
		d.fail("number out of range")
	}
	return v
}

func (d *Decoder) numberOf(m *codec.Member) (start int, text string) {
	if d.err != nil {
		return d.pos, ""
	}
	if c := d.peek(); c != '-' && c-'0' > 9 {
		d.mismatch(m)
		return d.pos, ""
	}
	start = d.pos
	return start, d.number()
}

// String reads a string.
func (d *Decoder) String(m *codec.Member) string {
	if d.err != nil {
		return ""
	}
	if d.peek() != '"' {
		d.mismatch(m)
		return ""
	}
	return d.str()
}

// Blob reads a string of padded base64 without line ends.
func (d *Decoder) Blob(m *codec.Member) []byte {
	start, text := d.pos, d.String(m)
	if d.err != nil {
		return nil
	}
	v, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		d.pos = start
		d.fail("invalid base64")
	}
	return v
}

// Time reads a timestamp in the member's format.
func (d *Decoder) Time(m *codec.Member) time.Time {
	format := m.Time
	if format == codec.DefaultTime {
		format = d.options.Time
	}
	start, text := d.pos, ""
	if format == codec.Epoch {
		start, text = d.numberOf(m)
	} else {
		text = d.String(m)
	}
	if d.err != nil {
		return time.Time{}
	}
	t, err := codec.ParseTime(text, format)
	if err != nil {
		d.pos = start
		d.mismatch(m)
	}
	return t
}

// Document reads any value; a document that travels as a string of JSON is read out of that string.
func (d *Decoder) Document(m *codec.Member) codec.Document {
	if !m.Has(codec.JSONValue) {
		return d.value()
	}
	start, text := d.pos, d.String(m)
	if d.err != nil {
		return nil
	}
	v, err := NewDecoder([]byte(text), d.options).DecodeDocument()
	if err != nil {
		d.pos = start
		d.fail("invalid JSON in a string")
	}
	return v
}

// Stream reads a blob, since JSON text cannot stream.
func (d *Decoder) Stream(m *codec.Member) io.Reader { return strings.NewReader(string(d.Blob(m))) }
