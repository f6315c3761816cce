package text

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks a character keeps: more than any orthography stacks, and few enough that a flood of them
// costs nothing. x/text would break longer runs with an invisible joiner.
const maxMarks = 8

// compose is the second pass of Clean: marks are ordered and composed with their base, Hangul letters become syllables.
func compose(v *View) *View {
	s := v.Text
	var b builder
	b.out = make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		// What is inert stays, but for its last character, which may be the base of what follows.
		end := stableEnd(s, i)
		base := end
		if end > i && end < len(s) {
			_, size := utf8.DecodeLastRuneInString(s[:end])
			base = end - size
		}
		b.copy(s[i:base], i)
		if i = base; i == len(s) {
			break
		}
		if r, _ := utf8.DecodeRuneInString(s[i:]); isJamo(r) {
			i = b.letters(s, i)
			continue
		}
		i = b.cluster(s, i)
	}
	return b.view(Clean, s, v)
}

// stableEnd is inertEnd for a text whose escapes are undone: openers are as plain as the rest.
func stableEnd(s string, i int) int {
	for i < len(s) {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !inert(r, s[i:i+size]) {
			return i
		}
		i += size
	}
	return i
}

// cluster writes the base at i with what composes with it, and gives the offset behind them.
func (b *builder) cluster(s string, i int) int {
	first, size := utf8.DecodeRuneInString(s[i:])
	end, marks := i+size, 0
	open := first >= syllableFirst && first <= syllableLast && (first-syllableFirst)%finals == 0
	var kept []byte
	kept = append(kept, s[i:end]...)
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		p := norm.NFC.PropertiesString(s[end:])
		conjoined := open && marks == 0 && r > finalBefore && r <= 0x11C2
		if r < utf8.RuneSelf || p.CCC() == 0 && p.BoundaryBefore() || isJamo(r) && !conjoined {
			break
		}
		if marks++; marks <= maxMarks {
			kept = append(kept, s[end:end+n]...)
		}
		end += n
		if conjoined {
			break
		}
	}
	if composed := norm.NFC.Bytes(kept); string(composed) == s[i:end] {
		b.copy(s[i:end], i)
	} else {
		b.atomic(i, end)
		b.out = append(b.out, composed...)
	}
	return end
}

// letters writes the Hangul letters at i as syllables where they make any, and gives the offset behind them.
func (b *builder) letters(s string, i int) int {
	const window = 4 // what a syllable depends on
	for {
		var (
			run  [window]letter
			from [window + 1]int
			n    int
		)
		for from[0] = i; n < window; n++ {
			r, size := utf8.DecodeRuneInString(s[from[n]:])
			if !isJamo(r) {
				break
			}
			run[n], from[n+1] = letterOf(r), from[n]+size
		}
		if n == 0 {
			return i
		}
		if r, taken := syllable(run[:n]); taken > 0 {
			b.put(r, i, from[taken])
			i = from[taken]
			continue
		}
		if r, size := utf8.DecodeRuneInString(s[i:]); r == run[0].keyboard {
			b.copy(s[i:i+size], i)
		} else {
			b.put(run[0].keyboard, i, from[1])
		}
		i = from[1]
	}
}
