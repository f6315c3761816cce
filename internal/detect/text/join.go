package text

import (
	"unicode"
	"unicode/utf8"
)

// join makes the Joined view of a folded one, or gives the folded one back.
func join(v *View) *View {
	s := v.Text
	if !v.twins && !pulledApart(s) {
		return v
	}
	j := joiner{src: s, twins: v.twins}
	j.out = make([]byte, 0, len(s))
	j.leetspeak = leetspeak(s)
	for i := 0; i < len(s); {
		if lone := j.spelled(i); lone > i {
			i = lone
			continue
		}
		end := chunkEnd(s, i)
		if end == i {
			_, size := utf8.DecodeRuneInString(s[i:])
			j.copy(s[i:i+size], i)
			i += size
			continue
		}
		j.chunk(i, end)
		i = end
	}
	joined := j.view(Joined, s, v)
	if joined.Text == s {
		return v
	}
	return joined
}

// joiner writes the Joined view.
type joiner struct {
	builder
	src       string
	twins     bool
	spelling  bool        // a word was spelled out before: two letters are enough for the next
	chars     []character // of the chunk at hand
	places    []int       // starts and ends of the letters of the spelled word at hand
	leetspeak bool        // the text is full of digits for letters: a token of digits alone is a word as well
}

// What a character is to the joiner.
type role uint8

const (
	gap    role = iota // white space
	sign               // everything else
	digit              // a digit that may stand for a letter
	figure             // a sign that may stand for a letter
	stress             // a mark of emphasis
	word               // a letter
)

// asciiRoles gives the role of every ASCII character as a digit, 32 a line: controls, signs and digits, capitals (which a folded
// text has not), small letters.
const asciiRoles = "11111111100000111111111111111111" +
	"03413114314311112222222222111111" +
	"31111111111111111111111111114144" +
	"45555555555555555555555555513141"

// roleOf gives the role of a rune.
func roleOf(r rune) role {
	switch {
	case r < utf8.RuneSelf:
		return role(asciiRoles[r] - '0')
	case caseless(r):
		return word
	case r == '€' || r == '£':
		return figure
	case unicode.IsLetter(r) || unicode.IsMark(r) || regional(r) != 0:
		return word
	case unicode.IsSpace(r):
		return gap
	default:
		return sign
	}
}

// leet gives the letter that a digit or sign stands for, or r itself. Before and after say what stands beside it.
func leet(r, before, after rune) rune {
	switch r {
	case '0':
		return 'o'
	case '1':
		if before == '1' || after == '1' {
			return 'l'
		}
		return 'i'
	case '3', '€':
		return 'e'
	case '4', '@':
		return 'a'
	case '5', '$':
		return 's'
	case '6', '9':
		return 'g'
	case '7', '+':
		return 't'
	case '8':
		return 'b'
	case '!':
		return 'i'
	case '|', '£':
		return 'l'
	case '(':
		return 'c'
	default:
		return r
	}
}

// regional gives the letter of a regional indicator, half of a flag, or 0.
func regional(r rune) rune {
	if r >= 0x1F1E6 && r <= 0x1F1FF {
		return 'a' + r - 0x1F1E6
	}
	return 0
}

// isHangul reports whether r is a Hangul syllable or letter.
func isHangul(r rune) bool {
	return r >= syllableFirst && r <= syllableLast || r >= letterFirst && r <= letterLast
}

// pulledApart reports whether there is anything in s that join might change; it errs on the side of yes.
func pulledApart(s string) bool {
	var prev, before rune
	last, single, size := gap, 0, 0 // size: characters in the present run of word characters
	stressed := false               // the marks just read stand behind a letter
	for i := 0; i < len(s); {
		var (
			r rune
			c role
		)
		if b := s[i]; b < utf8.RuneSelf {
			r, c = rune(b), role(asciiRoles[b]-'0')
			i++
		} else {
			var n int
			r, n = utf8.DecodeRuneInString(s[i:])
			c = roleOf(r)
			i += n
		}
		if c == word {
			switch last {
			case word:
				if r == prev && r == before {
					return true
				}
			case digit, figure:
				return true
			case stress:
				if stressed || prev == '\\' && roleOf(before) != word {
					return true
				}
			case sign:
				if isHangul(r) && isHangul(before) {
					return true
				}
			}
			if r >= utf8.RuneSelf && regional(r) != 0 {
				return true
			}
			size++
		} else {
			if last == word && (c == digit || c == figure && r != '!') {
				return true
			}
			stressed = c == stress && (stressed || last == word && !plainJoin(r) || last == stress && roleOf(before) == word)
			if c == digit {
				size++
			} else if size > 0 {
				if size > 1 {
					single = 0
				} else if single++; single >= shortestSpelled {
					return true
				}
				size = 0
			}
		}
		before, prev, last = prev, r, c
	}
	return size == 1 && single+1 >= shortestSpelled
}

// chunkEnd gives the end of the run of characters other than white space at i.
func chunkEnd(s string, i int) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if roleOf(r) == gap {
			break
		}
		i += size
	}
	return i
}
