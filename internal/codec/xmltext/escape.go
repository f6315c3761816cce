package xmltext

import "unicode/utf8"

// appendText escapes text. A carriage return and the two other line ends that XML 1.1 knows are written as references, since
// readers turn them into line feeds; inside attributes so are all white space and quotes.
func appendText(b []byte, s string, attribute bool) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && (c != '"' || !attribute) {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		replacement := ""
		switch {
		case c == '&':
			replacement = "&amp;"
		case c == '<':
			replacement = "&lt;"
		case c == '>':
			replacement = "&gt;"
		case c == '"':
			replacement = "&quot;"
		case c == '\r':
			replacement = "&#xD;"
		case (c == '\n' || c == '\t') && !attribute:
		case c == '\n':
			replacement = "&#xA;"
		case c == '\t':
			replacement = "&#x9;"
		case r == 0x85:
			replacement = "&#x85;"
		case r == 0x2028:
			replacement = "&#x2028;"
		case !character(r) || r == utf8.RuneError && size == 1:
			replacement = "\uFFFD"
		}
		if replacement != "" {
			b = append(append(b, s[start:i]...), replacement...)
			start = i + size
		}
		i += size
	}
	return append(b, s[start:]...)
}

// character reports whether XML 1.0 may hold r.
func character(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
