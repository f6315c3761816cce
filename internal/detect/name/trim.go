package name

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect/pii"
)

const (
	lead = " \t\r\n([{<\"'“‘=:,;*`@"
	tail = " \t\r\n,.;:\"'”’*`<>"
)

// trim takes marks off the ends of bytes [start, end) that are no part of a value: a piece of the vocabulary may hold one, as in "27," or
// "(44)". A bracket goes if it has no partner inside. Passwords are left as they are: any character may be part of one.
func trim(text string, start, end int, label pii.Type) (int, int) {
	if label == pii.Password {
		return start, end
	}
	for start < end {
		r, size := utf8.DecodeRuneInString(text[start:end])
		if !strings.ContainsRune(lead, r) {
			break
		}
		start += size
	}
	for start < end {
		value := text[start:end]
		r, size := utf8.DecodeLastRuneInString(value)
		switch {
		case strings.ContainsRune(tail, r) && !(r == '.' && label == pii.Name && abbreviated(value[:len(value)-1])):
		case closes(value, r):
		default:
			return start, end
		}
		end -= size
	}
	return start, end
}

// abbreviated reports whether a name ends in an initial or a suffix to which a full stop belongs: "Bogdan I", "Kenneth Polk Jr".
func abbreviated(name string) bool {
	if strings.HasSuffix(name, " Jr") || strings.HasSuffix(name, " Sr") {
		return true
	}
	r, size := utf8.DecodeLastRuneInString(name)
	if size == 0 || !unicode.IsUpper(r) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(name[:len(name)-size])
	return len(name) == size || !unicode.IsLetter(before)
}

// closes reports whether r is a bracket that closes more often in value than it opens.
func closes(value string, r rune) bool {
	for _, pair := range [...]string{"()", "[]", "{}"} {
		if rune(pair[1]) == r {
			return strings.Count(value, pair[1:]) > strings.Count(value, pair[:1])
		}
	}
	return false
}
