package text

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What a byte of ASCII means to Clean.
const (
	plain  = iota // stays as it is
	opener        // may open an escape
	lead          // not ASCII
	dirty         // has to be handled
)

// asciiClass gives the class of a byte.
func asciiClass(c byte) int {
	switch {
	case c >= utf8.RuneSelf:
		return lead
	case c == '&' || c == '%' || c == '\\':
		return opener
	case c >= ' ' && c != 0x7f, c >= '\t' && c <= '\r':
		return plain
	default:
		return dirty
	}
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// load reads eight bytes of s; the compiler makes it one load.
func load(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// has reports, in the high bits, whether some byte of w is c; it is zero only when none is.
func has(w uint64, c byte) uint64 {
	w ^= ones * uint64(c)
	return (w - ones) &^ w & highs
}

// inertEnd gives the end of the stretch of s from i on that Clean keeps as it is, whatever follows: the offset of the first
// character that is to be handled, or len(s).
func inertEnd(s string, i int) int {
	for {
		for i+8 <= len(s) {
			w := load(s, i)
			// Eight bytes at a time: not ASCII, below space, DEL, or an opener.
			if (w|(w-ones*' ')&^w|(w+ones))&highs|has(w, '&')|has(w, '%')|has(w, '\\') != 0 {
				break
			}
			i += 8
		}
		stop := min(i+8, len(s))
		for i < stop {
			switch asciiClass(s[i]) {
			case plain:
				i++
			case opener:
				if !harmless(s, i) {
					return i
				}
				i++
			case lead:
				r, size := utf8.DecodeRuneInString(s[i:])
				if !inert(r, s[i:i+size]) {
					return i
				}
				i += size
			default:
				return i
			}
		}
		if i >= len(s) {
			return len(s)
		}
	}
}

// harmless reports whether the opener of an escape at i cannot open one: what follows at once is plain and does not fit.
func harmless(s string, i int) bool {
	intro := s[i]
	for j := i + 1; j < len(s) && j <= i+longestEscape; j++ {
		c := s[j]
		if asciiClass(c) >= lead {
			return false
		}
		switch intro {
		case '%':
			if !isHex(c) {
				return true
			}
			return false
		case '\\':
			if j == i+1 && (c == 'u' || c == 'U' || c == 'x') {
				continue
			}
			return j == i+1 || !isHex(c) && c != '{'
		default:
			if c == '#' && j == i+1 {
				return false
			}
			if !isAlnum(c) {
				return c != ';'
			}
		}
	}
	return i+longestEscape < len(s) || intro != '&'
}

// inert reports whether Clean keeps a character that is not ASCII as it is, whatever stands around it.
func inert(r rune, encoded string) bool {
	switch {
	case r >= 0xAC00 && r <= 0xD7A3, // Hangul syllables
		r >= 0x4E00 && r <= 0x9FFF,                             // Han
		r >= 0x3041 && r <= 0x3096, r >= 0x30A1 && r <= 0x30FA, // kana
		r >= 0x400 && r <= 0x482,                                            // Cyrillic
		r >= 0xC0 && r <= 0x131,                                             // Latin
		r >= 0x391 && r <= 0x3CE,                                            // Greek
		r >= 0x2013 && r <= 0x2014, r >= 0x2018 && r <= 0x201D, r == 0x2022, // dashes, quotes, bullet
		r >= 0x3001 && r <= 0x3002:
		return true
	case r == utf8.RuneError && len(encoded) == 1:
		return false
	case invisible(r) || isJamo(r) || r == brailleBlank:
		return false
	}
	p := norm.NFKC.PropertiesString(encoded)
	return p.CCC() == 0 && p.BoundaryBefore() && norm.NFKC.QuickSpanString(encoded) == len(encoded)
}

// brailleBlank is a Braille cell without dots: a blank that is no white space.
const brailleBlank = 0x2800

// invisible reports whether a character shows nothing and separates nothing: control characters but white space, and what
// Unicode calls default-ignorable, with the Hangul fillers and the anchors of annotations.
func invisible(r rune) bool {
	switch {
	case r < 0xAD:
		return r < '\t' || r > '\r' && r < ' ' || r >= 0x7f && r != 0x85 && r < 0xA0
	case r == 0xAD, r == 0x34F, r == 0x61C, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5,
		r >= 0x180B && r <= 0x180F, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F,
		r == 0x3164, r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF, r == 0xFFA0, r >= 0xFFF0 && r <= 0xFFFB,
		r >= 0x1BCA0 && r <= 0x1BCA3, r >= 0x1D173 && r <= 0x1D17A, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	default:
		return false
	}
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
