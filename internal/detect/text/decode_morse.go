package text

import "strings"

// morseLetters lists the code of a to z, 0 to 9 and the signs in morseSigns.
const (
	morseSigns = "abcdefghijklmnopqrstuvwxyz0123456789.,?!-/@()':&=+_"
	morseCodes = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. " +
		"----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. -.-.-- -....- -..-. .--.-. " +
		"-.--. -.--.- .----. ---... .-... -...- .-.-. ..--.-"
)

// morse decodes stretches of Morse code: at least four letters, of dots and dashes of any kind, words apart by / or |.
func (dec *decoder) morse() {
	const fewest = 4
	s := dec.parent.Text
	if !hasMorse(s) {
		return
	}
	var (
		word       strings.Builder
		code       []byte
		start, end = -1, 0
		letters    int
		kinds      [2]int // dots, dashes
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
		if letters >= fewest && kinds[0] > 1 && kinds[1] > 1 && plausible([]byte(word.String())) {
			dec.add(Morse, word.String(), start, end)
		}
		word.Reset()
		code, start, letters, kinds = code[:0], -1, 0, [2]int{}
	}
	for i, r := range s {
		switch r {
		case '.', '·', '•', '‧', '∙':
			code = append(code, '.')
			kinds[0]++
		case '-', '–', '—', '−', '‐', '‒':
			code = append(code, '-')
			kinds[1]++
		case ' ', '\n', '\t':
			if start >= 0 && len(code) == 0 && word.Len() > 0 {
				word.WriteByte(' ') // a wide gap
			}
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

// hasMorse reports whether two codes may stand side by side somewhere in s: a dot or dash, a space, another one.
func hasMorse(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] == ' ' && !isAlnum(s[i-1]) && !isAlnum(s[i+1]) && s[i+1] != ' ' && s[i-1] != ',' {
			return true
		}
	}
	return false
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
