package text

import "strings"

// morseLetters lists the code of a to z, 0 to 9 and the signs in morseSigns.
const (
	morseSigns = "abcdefghijklmnopqrstuvwxyz0123456789.,?!-/@"
	morseCodes = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. " +
		"----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. -.-.-- -....- -..-. .--.-."
)

// morse decodes stretches of Morse code: at least four letters, of dots and dashes of any kind, words apart by / or |.
func (dec *decoder) morse() {
	const fewest = 4
	s := dec.parent.Text
	var (
		word       strings.Builder
		code       []byte
		start, end = -1, 0
		letters    int
	)
	letter := func() bool {
		if len(code) == 0 {
			return true
		}
		sign := morseSign(string(code))
		code = code[:0]
		if sign == 0 {
			return false
		}
		letters++
		word.WriteByte(sign)
		return true
	}
	flush := func() {
		if letters >= fewest && plausible([]byte(word.String())) {
			dec.add(Morse, word.String(), start, end)
		}
		word.Reset()
		code, start, letters = code[:0], -1, 0
	}
	for i, r := range s {
		switch r {
		case '.', '·', '•', '‧', '∙':
			code = append(code, '.')
		case '-', '–', '—', '−', '‐', '‒':
			code = append(code, '-')
		case ' ', '\n', '\t':
			if start >= 0 && !letter() {
				flush()
			}
			continue
		case '/', '|':
			if start < 0 {
				continue
			}
			if !letter() {
				flush()
				continue
			}
			word.WriteByte(' ')
			continue
		default:
			if start >= 0 {
				letter()
				flush()
			}
			continue
		}
		if start < 0 {
			start = i
		}
		end = i + len(string(r))
	}
	if start >= 0 && letter() {
		flush()
	}
}

// morseSign gives the sign of a code, or 0.
func morseSign(code string) byte {
	if len(code) > 6 {
		return 0
	}
	n := 0
	for c := range strings.SplitSeq(morseCodes, " ") {
		if c == code {
			return morseSigns[n]
		}
		n++
	}
	return 0
}
