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

// mirroredHangul reads lines of Korean backwards whose words begin as words end: with a particle or the end of a sentence.
func (dec *decoder) mirroredHangul() {
	const fewest = 3
	s := dec.parent.Text
	const enough = 32 // words of a line that are looked at
	if asciiEnd(s, 0) == len(s) {
		return
	}
	start := 0
	for line := range strings.SplitSeq(s, "\n") {
		words, first, last := 0, 0, 0
		for w := range strings.FieldsSeq(line) {
			if words == enough {
				break
			}
			w = strings.TrimLeft(strings.TrimRight(w, ".,?!"), ".,?!")
			a, n := utf8.DecodeRuneInString(w)
			b, _ := utf8.DecodeLastRuneInString(w)
			if !isHangul(a) || !isHangul(b) || n == len(w) {
				continue
			}
			words++
			if beginsMirrored(w) {
				first++
			}
			if strings.ContainsRune(hangulEnds, b) {
				last++
			}
		}
		if words >= fewest && first*2 >= words && first >= 3*last+2 {
			dec.add(Reversed, mirror(line), start, start+len(line))
		}
		start += len(line) + 1
	}
}

// hangulEnds are the syllables that Korean words often end in.
const hangulEnds = "은는을를의에서로요다까죠"

// beginsMirrored reports whether a word begins with what Korean words end in, read backwards.
func beginsMirrored(w string) bool {
	first, size := utf8.DecodeRuneInString(w)
	second, _ := utf8.DecodeRuneInString(w[size:])
	switch first {
	case '은', '는', '을', '를', '의':
		return true
	case '다':
		return second == '니' || second == '한' || second == '했' || second == '있' || second == '이'
	case '요':
		return second == '세' || second == '어' || second == '해' || second == '아'
	case '까':
		return second == '니'
	case '서':
		return second == '에'
	case '지':
		return second == '하'
	default:
		return false
	}
}
