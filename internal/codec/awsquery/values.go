package awsquery

import (
	"bytes"
	"encoding/base64"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// mismatch fails because what comes next is not of m's type.
func (d *reader) mismatch(m *codec.Member) {
	what := "STRING_VALUE"
	if d.err == nil && !d.scalar() {
		what = "START_OBJECT"
	}
	d.fail(what + " can not be converted to " + m.Type().String())
}

// text gives the value of the parameter that comes next.
func (d *reader) text(m *codec.Member) string {
	if d.err != nil {
		return ""
	}
	if !d.scalar() {
		d.mismatch(m)
		return ""
	}
	return d.list[d.lo].value
}

// Bool reads true or false.
func (d *reader) Bool(m *codec.Member) bool {
	switch d.text(m) {
	case "true":
		return true
	case "false":
	default:
		d.mismatch(m)
	}
	return false
}

// Int reads decimal digits.
func (d *reader) Int(m *codec.Member) int64 {
	text := d.text(m)
	v, err := strconv.ParseInt(text, 10, m.Type().Bits())
	if err != nil || text[0] == '+' {
		d.mismatch(m)
	}
	return v
}

// Float reads a decimal number, or NaN, Infinity, -Infinity.
func (d *reader) Float(m *codec.Member) float64 {
	switch text := d.text(m); text {
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
			d.mismatch(m)
		}
		return v
	}
}

// String reads a string.
func (d *reader) String(m *codec.Member) string { return d.text(m) }

// Blob reads padded base64 without line ends.
func (d *reader) Blob(m *codec.Member) []byte {
	text := d.text(m)
	v, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		d.mismatch(m)
	}
	return v
}

// Time reads a timestamp in the member's format, which is ISO 8601 where the model names none.
func (d *reader) Time(m *codec.Member) time.Time {
	t, err := codec.ParseTime(d.text(m), m.Time)
	if err != nil {
		d.mismatch(m)
	}
	return t
}

// Document never comes: the protocol has no documents.
func (d *reader) Document(m *codec.Member) codec.Document {
	d.mismatch(m)
	return nil
}

// Stream reads a blob, since a form cannot stream.
func (d *reader) Stream(m *codec.Member) io.Reader { return bytes.NewReader(d.Blob(m)) }
