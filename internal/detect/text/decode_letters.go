package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// morseCodes lists the codes of morseSigns, in their order.
const (
	morseSigns = "abcdefghijklmnopqrstuvwxyz0123456789.,?!-/@()':&=+_"
	morseCodes = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. " +
		"----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. -.-.-- -....- -..-. .--.-. " +
		"-.--. -.--.- .----. ---... .-... -...- .-.-. ..--.-"
)

const (
	fewestCodes     = 4 // codes that make a stretch of Morse
	fewestSyllables = 4 // syllables that make a stretch of Hangul where words are apart by / or |
	manySyllables   = 8 // and where they are not: ordinary text has some words of one syllable in a row
)

// letters decodes stretches that are written letter by letter with words apart by / or |: Morse code, of dots and dashes of any kind, and
// Hangul syllables, which have no code and are merely set apart. Other signs that stand alone in a stretch stand for themselves.
func (dec *decoder) letters() {
	s := dec.parent.Text
	if !hasLetters(s) {
		return
	}
	var m stretch
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		end := i + size
		switch {
		case unicode.IsSpace(r):
			if wide(r, s[i+size:]) {
				m.space()
			}
		case wordGap(r):
			m.space()
			m.gaps++
		default:
			for end < len(s) {
				next, n := utf8.DecodeRuneInString(s[end:])
				if unicode.IsSpace(next) || wordGap(next) {
					break
				}
				end += n
			}
			if !m.take(s[i:end], i, end) {
				dec.flush(&m)
			}
		}
		i = end
	}
	dec.flush(&m)
}

// stretch is what was read letter by letter so far.
type stretch struct {
	text         []byte
	start, end   int // in the parent, up to the last letter
	kept         int // of text, up to the last letter
	codes        int
	dots, dashes int
	syllables    int
	gaps         int // between words
}

// take reads a token, and reports whether it may be part of a stretch.
func (m *stretch) take(token string, from, to int) bool {
	if sign, dots, dashes := morseSign(token); sign != 0 {
		m.codes, m.dots, m.dashes = m.codes+1, m.dots+dots, m.dashes+dashes
		m.letter(string(sign), from, to)
		return true
	}
	r, size := utf8.DecodeRuneInString(token)
	switch {
	case size < len(token) || size == 1 && isAlnum(token[0]):
		return false
	case unicode.Is(unicode.Hangul, r):
		m.syllables++
		m.letter(token, from, to)
	case m.kept > 0:
		m.text = append(m.text, token...)
	}
	return true
}

// letter adds one that stands for the parent's bytes [from, to).
func (m *stretch) letter(s string, from, to int) {
	if m.kept == 0 {
		m.start, m.gaps = from, 0
	}
	m.text = append(m.text, s...)
	m.end, m.kept = to, len(m.text)
}

// space begins another word.
func (m *stretch) space() {
	if n := len(m.text); n > 0 && m.text[n-1] != ' ' {
		m.text = append(m.text, ' ')
	}
}

// wide reports whether white space, with what follows it, sets words apart rather than letters.
func wide(r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	return r == '\n' || unicode.IsSpace(next)
}

// flush keeps the stretch if it is one, and begins anew.
func (dec *decoder) flush(m *stretch) {
	morse := m.codes >= fewestCodes && m.dots > 1 && m.dashes > 1
	apart := m.syllables >= fewestSyllables && m.gaps > 0 || m.syllables >= manySyllables
	if text := m.text[:m.kept]; (morse || apart) && plausible(text) {
		kind := Apart
		if morse {
			kind = Morse
		}
		dec.add(kind, string(text), m.start, m.end)
	}
	*m = stretch{text: m.text[:0]}
}

func wordGap(r rune) bool { return r == '/' || r == '|' }

// hasLetters reports whether two letters may stand side by side somewhere in s: a sign or syllable, a space, another one.
func hasLetters(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] == ' ' && !isAlnum(s[i-1]) && !isAlnum(s[i+1]) && s[i+1] != ' ' && s[i-1] != ',' {
			return true
		}
	}
	return false
}

// morseSign gives the sign of a code with its dots and dashes, or 0.
func morseSign(token string) (sign byte, dots, dashes int) {
	const longest = 6
	var code [longest]byte
	n := 0
	for _, r := range token {
		if n == longest {
			return 0, 0, 0
		}
		switch r {
		case '.', '·', '•', '‧', '∙':
			code[n] = '.'
			dots++
		case '-', '–', '—', '−', '‐', '‒':
			code[n] = '-'
			dashes++
		default:
			return 0, 0, 0
		}
		n++
	}
	at := 0
	for c := range strings.SplitSeq(morseCodes, " ") {
		if c == string(code[:n]) {
			return morseSigns[at], dots, dashes
		}
		at++
	}
	return 0, 0, 0
}
