package word

import (
	"unicode"
	"unicode/utf8"
)

// loose reports whether the Hangul character at i may begin a word right behind the one before it: one of them is a loose letter
// and the other a syllable, or the laughter before has ended.
func loose(s string, i int, before, now class) bool {
	if before < hangul || now != before {
		return before >= hangul
	}
	return now == jamo && laughs(s[i-3:]) && !laughs(s[i:])
}

// laughs reports whether s begins with a letter that people repeat to laugh or weep.
func laughs(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == 'ㅋ' || r == 'ㅎ' || r == 'ㅠ' || r == 'ㅜ'
}

// class is what a character is for the borders of words.
type class uint8

const (
	space  class = iota // and the border of the text
	sign                // all that is neither space nor part of a word
	letter              // letters, marks and digits
	hangul              // syllables
	jamo                // loose Hangul letters, which stand beside words
)

// asciiClasses gives the class of every ASCII character as a digit, 32 a line: controls, signs and digits, capitals (which a folded
// text has not), small letters.
const asciiClasses = "11111111100000111111111111111111" +
	"01111111111111112222222222111111" +
	"11111111111111111111111111111111" +
	"12222222222222222222222222211111"

// classAt gives the class and the size of the character at i.
func classAt(s string, i int) (class, int) {
	if c := s[i]; c < utf8.RuneSelf {
		return class(asciiClasses[c] - '0'), 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return classOf(r), size
}

// classOf gives the class of a rune.
func classOf(r rune) class {
	switch {
	case r >= 0xAC00 && r <= 0xD7A3:
		return hangul
	case r >= 0x3131 && r <= 0x3163:
		return jamo
	case r < utf8.RuneSelf:
		return class(asciiClasses[r] - '0')
	case r >= 0x2010 && r <= 0x2027 || r >= 0x3001 && r <= 0x3003:
		return sign
	case r >= 0x4E00 && r <= 0x9FFF || unicode.In(r, unicode.L, unicode.M, unicode.N):
		return letter
	case unicode.IsSpace(r):
		return space
	default:
		return sign
	}
}

// borderAfter reports whether the phrase s[start:end] ends a word there, or is followed by Korean particles.
func borderAfter(s string, start, end int) bool {
	if end == len(s) {
		return true
	}
	last, size := utf8.DecodeLastRuneInString(s[start:end])
	lastClass := classOf(last)
	if lastClass == sign {
		return true
	}
	next, nextSize := classAt(s, end)
	switch next {
	case space:
		return true
	case sign:
		return !contracted(s, end, nextSize)
	case letter:
		return false
	case jamo:
		return (lastClass == hangul || laughs(s[end:])) && jamoEnd(s, end)
	case hangul:
		stop := end
		for stop < len(s) {
			c, n := classAt(s, stop)
			if c != hangul {
				break
			}
			stop += n
		}
		if !jamoEnd(s, stop) {
			return false
		}
		alone := lastClass == hangul && (start == end-size || classOf(before(s, start, end-size)) != hangul)
		return particles(s[end:stop], last, alone)
	default:
		return false
	}
}

// before gives the rune of s that ends at end, or a space at start.
func before(s string, start, end int) rune {
	if end <= start {
		return ' '
	}
	r, _ := utf8.DecodeLastRuneInString(s[start:end])
	return r
}

// jamoEnd reports whether nothing but loose Hangul letters stands between at and a border.
func jamoEnd(s string, at int) bool {
	for at < len(s) {
		c, n := classAt(s, at)
		if c != jamo {
			return c == space || c == sign
		}
		at += n
	}
	return true
}

// contracted reports whether the sign at end is an apostrophe inside a Latin word, other than that of a possessive.
func contracted(s string, end, size int) bool {
	if r, _ := utf8.DecodeRuneInString(s[end:]); r != '\'' && r != '’' {
		return false
	}
	at := end + size
	if at >= len(s) || s[at] >= utf8.RuneSelf || s[at] < 'a' || s[at] > 'z' {
		return false
	}
	if s[at] != 's' || at+1 == len(s) {
		return s[at] != 's'
	}
	c, _ := classAt(s, at+1)
	return c == letter
}
