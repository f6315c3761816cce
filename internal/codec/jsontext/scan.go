package jsontext

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// peek passes white space and gives the next byte, or 0 at the end. A zero byte in the text is no token, so that the two
// need no telling apart here.
func (d *Decoder) peek() byte {
	for d.pos < len(d.b) {
		switch c := d.b[d.pos]; c {
		case ' ', '\t', '\r', '\n':
			d.pos++
		default:
			return c
		}
	}
	return 0
}

// literal reads true, false or null.
func (d *Decoder) literal(word string) {
	end := d.pos + len(word)
	if end > len(d.s) || d.s[d.pos:end] != word {
		d.fail("invalid literal")
		return
	}
	d.pos = end
}

// name reads a name and the colon after it.
func (d *Decoder) name() string {
	if d.peek() != '"' {
		d.fail("expected a name, found " + d.token())
		return ""
	}
	name := d.str()
	if d.err == nil && d.peek() != ':' {
		d.fail("expected ':' after a name")
		return ""
	}
	d.pos++
	return name
}

// number reads a number as RFC 8259 has it and gives its text.
func (d *Decoder) number() string {
	start, b, i := d.pos, d.b, d.pos
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i < len(b) && b[i] == '0':
		i++
	default:
		i = d.digits(i)
	}
	if i < len(b) && b[i] == '.' {
		i = d.digits(i + 1)
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		i = d.digits(i)
	}
	d.pos = i
	return d.s[start:i]
}

// digits passes one digit or more.
func (d *Decoder) digits(i int) int {
	start := i
	for i < len(d.b) && d.b[i]-'0' <= 9 {
		i++
	}
	if i == start {
		d.pos = i
		d.fail("invalid number")
	}
	return i
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// special gives which of the eight bytes of x, the lowest first, is the first quote, backslash or control character; 8 if none is.
func special(x uint64) int {
	quote := x ^ ones*'"'
	slash := x ^ ones*'\\'
	// Each term marks the top bit of a byte that is zero, or below a space. A borrow can mark bytes above the first one
	// wrongly, never below it, and only the first counts.
	return bits.TrailingZeros64(((quote-ones)&^quote|(slash-ones)&^slash|(x-ones*' ')&^x)&highs) / 8
}

// plain gives the first place from i on that holds a quote, a backslash or a control character, or the text's length.
func plain(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if n := special(binary.LittleEndian.Uint64(b[i:])); n < 8 {
			return i + n
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < ' ' {
			return i
		}
	}
	return i
}

// str reads a string. Without escapes it is a part of the text, not a copy.
func (d *Decoder) str() string {
	start := d.pos + 1
	i := plain(d.b, start)
	if i < len(d.b) && d.b[i] == '"' {
		d.pos = i + 1
		return d.s[start:i]
	}
	out := append(d.scratch[:0], d.b[start:i]...)
	for i < len(d.b) {
		switch c := d.b[i]; {
		case c == '"':
			d.pos = i + 1
			d.scratch = out
			return string(out)
		case c == '\\':
			if out, i = d.escape(out, i); d.err != nil {
				return ""
			}
		case c < ' ':
			d.pos = i
			d.fail("control character in a string")
			return ""
		}
		// Escapes come in rows in text that is not English, so that the long scan only starts where one ends.
		if i < len(d.b) && d.b[i] != '\\' {
			end := plain(d.b, i)
			out = append(out, d.b[i:end]...)
			i = end
		}
	}
	d.pos = i
	d.fail("string without an end")
	return ""
}

// escape reads the escape at i and appends what it stands for.
//
// A lone surrogate is refused: no UTF-8 can hold it, and putting U+FFFD in its place would make different requests equal after
// they were signed, and would let a filtered word pass with a broken half inside it.
func (d *Decoder) escape(out []byte, i int) ([]byte, int) {
	if i+1 >= len(d.b) {
		d.pos = i
		d.fail("string without an end")
		return out, i
	}
	switch c := d.b[i+1]; c {
	case '"', '\\', '/':
		return append(out, c), i + 2
	case 'b':
		return append(out, '\b'), i + 2
	case 'f':
		return append(out, '\f'), i + 2
	case 'n':
		return append(out, '\n'), i + 2
	case 'r':
		return append(out, '\r'), i + 2
	case 't':
		return append(out, '\t'), i + 2
	case 'u':
		r, ok := hex4(d.b, i+2)
		if !ok {
			break
		}
		if !utf16.IsSurrogate(r) {
			return utf8.AppendRune(out, r), i + 6
		}
		if i+7 < len(d.b) && d.b[i+6] == '\\' && d.b[i+7] == 'u' {
			if low, ok := hex4(d.b, i+8); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return utf8.AppendRune(out, pair), i + 12
				}
			}
		}
		d.pos = i
		d.fail("lone surrogate in a string")
		return out, i
	}
	d.pos = i
	d.fail("invalid escape in a string")
	return out, i
}

func hex4(b []byte, i int) (rune, bool) {
	if i+4 > len(b) {
		return 0, false
	}
	var r rune
	for _, c := range b[i : i+4] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
