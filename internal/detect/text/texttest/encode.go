package texttest

import (
	"fmt"
	"strings"
)

func spacedHex(s, sep string) string {
	pairs := make([]string, len(s))
	for i := range len(s) {
		pairs[i] = fmt.Sprintf("%02x", s[i])
	}
	return strings.Join(pairs, sep)
}

func shift(s string, by rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + (r-'a'+by)%26
		case r >= 'A' && r <= 'Z':
			return 'A' + (r-'A'+by)%26
		default:
			return r
		}
	}, s)
}

func atbash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return 'a' + 'z' - r
		case r >= 'A' && r <= 'Z':
			return 'A' + 'Z' - r
		default:
			return r
		}
	}, s)
}

func morse(s string) string {
	const signs = "abcdefghijklmnopqrstuvwxyz0123456789.,?!-/@"
	codes := strings.Fields(".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----. .-.-.- --..-- ..--.. -.-.-- -....- -..-. .--.-.")
	var words []string
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		var out []string
		for _, r := range w {
			if i := strings.IndexRune(signs, r); i >= 0 {
				out = append(out, codes[i])
			} else {
				out = append(out, string(r))
			}
		}
		words = append(words, strings.Join(out, " "))
	}
	return strings.Join(words, " / ")
}

func reversed(s string) string {
	rs := []rune(s)
	for i, j := 0, len(rs)-1; i < j; i, j = i+1, j-1 {
		rs[i], rs[j] = rs[j], rs[i]
	}
	return string(rs)
}
