package text

import (
	"html"
	"strconv"
	"unicode/utf8"
)

// longestEscape is one more than the bytes of the longest escape: HTML's &CounterClockwiseContourIntegral;.
const longestEscape = 34

// closedEscape reports how many bytes at the end of out are an escape that its last byte closes, and what they stand for.
// Openers are looked for backwards over a bounded stretch, so a text of nothing but escapes still costs linear time.
func closedEscape(out []byte) (int, rune) {
	last := out[len(out)-1]
	switch {
	case last == ';':
		return closedReference(out)
	case last == '}':
		return closedBrace(out)
	case !isHex(last):
		return 0, 0
	case at(out, 3) == '%':
		return closedPercent(out)
	case at(out, 4) == '\\' && at(out, 3) == 'x':
		return hexEscape(out, 4, 2)
	case at(out, 6) == '\\' && at(out, 5) == 'u':
		return closedUnit(out)
	case at(out, 10) == '\\' && at(out, 9) == 'U':
		return hexEscape(out, 10, 8)
	default:
		return 0, 0
	}
}

// at gives the n-th last byte of out, or 0.
func at(out []byte, n int) byte {
	if n > len(out) {
		return 0
	}
	return out[len(out)-n]
}

// hexEscape reads the last digits bytes of an escape of size bytes.
func hexEscape(out []byte, size, digits int) (int, rune) {
	n, err := strconv.ParseUint(string(out[len(out)-digits:]), 16, 32)
	if err != nil || !shown(rune(n)) {
		return 0, 0
	}
	return size, rune(n)
}

// shown reports whether an escape may stand for the character: a valid one, and no control character but white space.
func shown(r rune) bool {
	return r >= ' ' && r != 0x7f && r != utf8.RuneError && utf8.ValidRune(r) || r == '\t' || r == '\n' || r == '\r'
}

// closedReference reads an HTML reference with its semicolon: &amp; &#107; &#x6b;.
func closedReference(out []byte) (int, rune) {
	for n := 2; n < longestEscape && n <= len(out); n++ {
		c := at(out, n)
		if c == '&' {
			name := string(out[len(out)-n:])
			meaning := html.UnescapeString(name)
			// A name that only begins like a reference leaves its rest behind. A reference to two characters is a base with a
			// mark or a selector; the base is what matters.
			r, _ := utf8.DecodeRuneInString(meaning)
			if meaning == name || len(meaning) > 1 && meaning[len(meaning)-1] == ';' || !shown(r) {
				return 0, 0
			}
			return n, r
		}
		if !isAlnum(c) && c != '#' {
			return 0, 0
		}
	}
	return 0, 0
}

// openReference reads a numeric reference without its semicolon at the end of the output, when next cannot belong to it.
func (c *cleaner) openReference(next byte) (int, rune) {
	if next == ';' || isHex(next) || next == 'x' || next == 'X' {
		return 0, 0
	}
	const longest = 10
	for n := 4; n <= longest && n <= len(c.out); n++ {
		if at(c.out, n) != '&' {
			continue
		}
		number, base := string(c.out[len(c.out)-n+1:]), 10
		if number[0] != '#' {
			return 0, 0
		}
		if number = number[1:]; number[0] == 'x' || number[0] == 'X' {
			number, base = number[1:], 16
		}
		v, err := strconv.ParseUint(number, base, 32)
		if err != nil || !shown(rune(v)) {
			return 0, 0
		}
		return n, rune(v)
	}
	return 0, 0
}

// closedBrace reads \u{1F600} and \x{6b}.
func closedBrace(out []byte) (int, rune) {
	const longest = 12
	for n := 2; n <= longest && n <= len(out); n++ {
		c := at(out, n)
		if c == '{' {
			if x := at(out, n+1); at(out, n+2) != '\\' || x != 'u' && x != 'x' {
				return 0, 0
			}
			v, err := strconv.ParseUint(string(out[len(out)-n+1:len(out)-1]), 16, 32)
			if err != nil || !shown(rune(v)) {
				return 0, 0
			}
			return n + 2, rune(v)
		}
		if !isHex(c) {
			return 0, 0
		}
	}
	return 0, 0
}

// closedUnit reads \uXXXX, and a pair of surrogates as one character.
func closedUnit(out []byte) (int, rune) {
	const unit = 6
	v, err := strconv.ParseUint(string(out[len(out)-4:]), 16, 32)
	if err != nil {
		return 0, 0
	}
	if v < 0xDC00 || v > 0xDFFF {
		return hexEscape(out, unit, 4)
	}
	if at(out, 2*unit) != '\\' || at(out, 2*unit-1) != 'u' {
		return 0, 0
	}
	high, err := strconv.ParseUint(string(out[len(out)-10:len(out)-6]), 16, 32)
	if err != nil || high < 0xD800 || high > 0xDBFF {
		return 0, 0
	}
	return 2 * unit, rune(high-0xD800)<<10 + rune(v-0xDC00) + 0x10000
}

// closedPercent reads %6B, and the two to four escapes that are one character in UTF-8.
func closedPercent(out []byte) (int, rune) {
	const triple = 3
	var encoded [utf8.UTFMax]byte
	for n := 1; n <= utf8.UTFMax; n++ {
		if at(out, n*triple) != '%' {
			return 0, 0
		}
		pair := out[len(out)-n*triple+1:][:2]
		v, err := strconv.ParseUint(string(pair), 16, 8)
		if err != nil {
			return 0, 0
		}
		encoded[utf8.UTFMax-n] = byte(v)
		switch {
		case v < utf8.RuneSelf && n > 1:
			return 0, 0
		case v < utf8.RuneSelf || v >= 0xC0:
			r, size := utf8.DecodeRune(encoded[utf8.UTFMax-n:])
			if size != n || !shown(r) {
				return 0, 0
			}
			return n * triple, r
		}
	}
	return 0, 0
}
