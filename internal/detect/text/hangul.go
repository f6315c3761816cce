package text

import "unicode/utf8"

// Hangul letters as Clean sees them: conjoining (initial, vowel, final), the compatibility letters of a keyboard, and their
// half-width forms. Only the modern ones are put together.

const (
	syllableFirst = 0xAC00
	syllableLast  = 0xD7A3
	initialFirst  = 0x1100
	vowelFirst    = 0x1161
	finalBefore   = 0x11A7 // the slot of "no final"
	vowels        = 21
	finals        = 28
	letterFirst   = 0x3131 // ㄱ
	letterVowel   = 0x314F // ㅏ
	letterLast    = 0x3163 // ㅣ
)

// initialLetters and finalLetters give the keyboard letter of each initial and of each final consonant, in Unicode's order.
const (
	initialLetters = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
	finalLetters   = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
)

// isJamo reports whether r is a modern Hangul letter in any of its forms.
func isJamo(r rune) bool {
	return r >= initialFirst && r <= 0x1112 || r >= vowelFirst && r <= 0x1175 || r > finalBefore && r <= 0x11C2 ||
		r >= letterFirst && r <= letterLast || r >= 0xFFA1 && r <= 0xFFDC && fullWidthJamo(r) != r
}

// fullWidthJamo gives the keyboard letter of a half-width one, and r itself for all else.
func fullWidthJamo(r rune) rune {
	switch {
	case r >= 0xFFA1 && r <= 0xFFBE:
		return r - 0xFFA1 + letterFirst
	case r >= 0xFFC2 && r <= 0xFFC7:
		return r - 0xFFC2 + letterVowel
	case r >= 0xFFCA && r <= 0xFFCF:
		return r - 0xFFCA + letterVowel + 6
	case r >= 0xFFD2 && r <= 0xFFD7:
		return r - 0xFFD2 + letterVowel + 12
	case r >= 0xFFDA && r <= 0xFFDC:
		return r - 0xFFDA + letterVowel + 18
	default:
		return r
	}
}

// letter is one Hangul letter: its keyboard form and the places that it can take in a syllable; -1 where it cannot.
type letter struct {
	keyboard              rune
	initial, vowel, final int
	conjoined             bool // a conjoining final: it belongs to the syllable before it
}

// letterOf takes a modern Hangul letter, conjoining or of the keyboard.
func letterOf(r rune) letter {
	l := letter{keyboard: r, initial: -1, vowel: -1, final: -1}
	switch {
	case r >= letterVowel && r <= letterLast:
		l.vowel = int(r - letterVowel)
	case r >= letterFirst && r < letterVowel:
		l.initial, l.final = runeIndex(initialLetters, r), runeIndex(finalLetters, r)
	case r >= initialFirst && r < vowelFirst:
		l.initial = int(r - initialFirst)
		l.keyboard = runeAt(initialLetters, l.initial)
	case r >= vowelFirst && r <= finalBefore:
		l.vowel = int(r - vowelFirst)
		l.keyboard = letterVowel + r - vowelFirst
	default:
		l.final, l.conjoined = int(r-finalBefore-1), true
		l.keyboard = runeAt(finalLetters, l.final)
		l.initial = runeIndex(initialLetters, l.keyboard)
	}
	return l
}

// runeIndex gives the place of r in a table of three-byte letters, or -1.
func runeIndex(table string, r rune) int {
	for i, c := range table {
		if c == r {
			return i / 3
		}
	}
	return -1
}

// runeAt gives the i-th letter of a table of three-byte letters.
func runeAt(table string, i int) rune {
	r, _ := utf8.DecodeRuneInString(table[i*3:])
	return r
}

// syllable gives the syllable at the front of letters and how many of them it takes; 0 when they do not begin one.
//
// An initial consonant and a vowel make a syllable. A consonant after them is its final, unless a vowel follows, which takes the
// consonant for its own syllable: 하나, not 한ㅏ.
func syllable(letters []letter) (rune, int) {
	if len(letters) < 2 || letters[0].initial < 0 || letters[1].vowel < 0 {
		return 0, 0
	}
	r := rune(syllableFirst + (letters[0].initial*vowels+letters[1].vowel)*finals)
	if len(letters) > 2 && letters[2].final >= 0 && (letters[2].conjoined || len(letters) == 3 || letters[3].vowel < 0 || letters[2].initial < 0) {
		return r + rune(letters[2].final) + 1, 3
	}
	return r, 2
}
