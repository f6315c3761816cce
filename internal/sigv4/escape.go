package sigv4

import "strings"

const upperHex = "0123456789ABCDEF"

// unreserved are the bytes that RFC 3986 section 2.3 never encodes.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}

func appendEscaped(b []byte, c byte) []byte {
	if unreserved(c) {
		return append(b, c)
	}
	return append(b, '%', upperHex[c>>4], upperHex[c&15])
}

func escape(s string) string {
	for i := range len(s) {
		if !unreserved(s[i]) {
			b := make([]byte, 0, len(s)+16)
			for j := range len(s) {
				b = appendEscaped(b, s[j])
			}
			return string(b)
		}
	}
	return s
}

// unescape decodes one query name or value; a plus is a space. It reports false for a malformed percent-encoding: taking it literally
// would give two texts one signature.
func unescape(s string) (string, bool) {
	if !strings.ContainsAny(s, "%+") {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '+':
			b = append(b, ' ')
		case '%':
			c, ok := hexPair(s[i+1:])
			if !ok {
				return "", false
			}
			b = append(b, c)
			i += 2
		default:
			b = append(b, s[i])
		}
	}
	return string(b), true
}

// hexPair reads the two hexadecimal digits after a percent sign.
func hexPair(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	high, low := fromHex(s[0]), fromHex(s[1])
	return high<<4 | low, high < 16 && low < 16
}

func fromHex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	default:
		return 255
	}
}

// reescape decodes and encodes, so that every spelling of a parameter has one canonical form.
func reescape(s string) (string, bool) {
	plain, ok := unescape(s)
	if !ok {
		return "", false
	}
	return escape(plain), true
}
