package jsontext

import (
	"encoding/base64"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec"
)

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
	start := d.here()
	text := d.numberOf(m)
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
	start := d.here()
	if d.err == nil && d.peek() == '"' {
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
	text := d.numberOf(m)
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

// here is where the next value starts.
func (d *Decoder) here() int {
	d.peek()
	return d.pos
}

// numberOf gives the text of a number.
func (d *Decoder) numberOf(m *codec.Member) string {
	if d.err != nil {
		return ""
	}
	if c := d.peek(); c != '-' && c-'0' > 9 {
		d.mismatch(m)
		return ""
	}
	return d.number()
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
	start := d.here()
	text := d.String(m)
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
	start := d.here()
	var text string
	if format == codec.Epoch {
		text = d.numberOf(m)
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
	start := d.here()
	text := d.String(m)
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
