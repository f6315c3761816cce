package text

import (
	"strings"
	"unicode/utf8"
)

// flippedLetters are the letters that a person writes upside down, and flippedMeanings what they are.
const (
	flippedLetters  = "ɐɔǝɟƃɓɥᴉıɾʞɯɹʇʌʍʎ"
	flippedMeanings = "acefgghiijkmrtvwy"
)

// flipped reads lines written upside down, which run from right to left: n and u, b and q, d and p change places.
func (dec *decoder) flipped() {
	const fewest, share = 3, 4 // at least a quarter of the letters
	// Every turned text has an ɐ, ǝ or ɹ or so: all of them begin with one of these bytes.
	if s := dec.parent.Text; strings.IndexByte(s, "ɐ"[0]) < 0 && strings.IndexByte(s, "ʇ"[0]) < 0 {
		return
	}
	start := 0
	for line := range strings.SplitSeq(dec.parent.Text, "\n") {
		turned, letters := 0, 0
		plain := strings.Map(func(r rune) rune {
			if n := flippedIndex(r); n >= 0 {
				turned++
				letters++
				return rune(flippedMeanings[n])
			}
			if r < utf8.RuneSelf && letterIndex(byte(r)) != 0 {
				letters++
			}
			switch r {
			case 'n':
				return 'u'
			case 'u':
				return 'n'
			case 'b':
				return 'q'
			case 'q':
				return 'b'
			case 'd':
				return 'p'
			case 'p':
				return 'd'
			default:
				return r
			}
		}, line)
		if turned >= fewest && turned*share >= letters {
			if text := mirror(plain); plausible([]byte(text)) {
				dec.add(Flipped, text, start, start+len(line))
			}
		}
		start += len(line) + 1
	}
}

// flippedIndex gives the place of r in flippedLetters, counted in characters, or -1.
func flippedIndex(r rune) int {
	n := 0
	for _, c := range flippedLetters {
		if c == r {
			return n
		}
		n++
	}
	return -1
}
