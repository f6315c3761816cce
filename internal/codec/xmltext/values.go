package xmltext

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
func (d *decoder) mismatch(m *codec.Member) {
	what := "STRING_VALUE"
	if d.attribute == nil && d.nodes[d.at].first != 0 {
		what = "START_OBJECT"
	}
	d.fail(what + " can not be converted to " + m.Type().String())
}

// text gives the text of what comes next, which must hold no element.
func (d *decoder) text(m *codec.Member) string {
	switch {
	case d.err != nil:
		return ""
	case d.attribute != nil:
		return d.attribute.value
	case d.nodes[d.at].first != 0:
		d.mismatch(m)
		return ""
	}
	return d.nodes[d.at].text
}

// word is text whose surroundings do not count in an answer.
func (d *decoder) word(m *codec.Member) string {
	if d.options.Lenient {
		return strings.TrimSpace(d.text(m))
	}
	return d.text(m)
}

// Bool reads true or false.
func (d *decoder) Bool(m *codec.Member) bool {
	switch d.word(m) {
	case "true":
		return true
	case "false":
	default:
		d.mismatch(m)
	}
	return false
}

// Int reads decimal digits.
func (d *decoder) Int(m *codec.Member) int64 {
	text := d.word(m)
	v, err := strconv.ParseInt(text, 10, m.Type().Bits())
	if err != nil || text[0] == '+' {
		d.mismatch(m)
	}
	return v
}

// Float reads a decimal number, or NaN, Infinity, -Infinity.
func (d *decoder) Float(m *codec.Member) float64 {
	switch text := d.word(m); text {
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

// String reads text as it stands.
func (d *decoder) String(m *codec.Member) string { return d.text(m) }

// Blob reads base64.
func (d *decoder) Blob(m *codec.Member) []byte {
	text := d.word(m)
	v, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") && !d.options.Lenient {
		d.mismatch(m)
	}
	return v
}

// Time reads a timestamp in the member's format.
func (d *decoder) Time(m *codec.Member) time.Time {
	format := m.Time
	if format == codec.DefaultTime {
		format = d.options.Time
	}
	t, err := codec.ParseTime(d.word(m), format)
	if err != nil {
		d.mismatch(m)
	}
	return t
}

// Document never comes: no XML protocol has documents.
func (d *decoder) Document(m *codec.Member) codec.Document {
	d.mismatch(m)
	return nil
}

// Stream reads a blob, since XML text cannot stream.
func (d *decoder) Stream(m *codec.Member) io.Reader { return bytes.NewReader(d.Blob(m)) }
