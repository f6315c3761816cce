package policy

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string and gives its value.
func (r *reader) str() (string, *refusal) {
	r.pos++
	var b strings.Builder
	for {
		rest := r.text[r.pos:]
		stop := strings.IndexFunc(rest, func(c rune) bool { return c == '"' || c == '\\' || c < ' ' || c == utf8.RuneError })
		if stop < 0 {
			r.pos = len(r.text)
			return "", r.refuse("Syntax errors in policy: a string without closing quote")
		}
		b.WriteString(rest[:stop])
		r.pos += stop
		switch c, size := utf8.DecodeRuneInString(rest[stop:]); {
		case c == '"':
			r.pos++
			return b.String(), nil
		case c == '\\':
			c, bad := r.escape()
			if bad != nil {
				return "", bad
			}
			b.WriteRune(c)
		case c == utf8.RuneError && size > 1: // a replacement character that was written as such
			b.WriteRune(c)
			r.pos += size
		case c == utf8.RuneError:
			return "", r.refuse("Syntax errors in policy: not valid UTF-8")
		default:
			return "", r.refuse("Syntax errors in policy: a control character in a string")
		}
	}
}

// escape reads one escape sequence, or two that make a surrogate pair.
func (r *reader) escape() (rune, *refusal) {
	const names, values = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if r.pos+1 >= len(r.text) {
		return 0, r.refuse("Syntax errors in policy: a string without closing quote")
	}
	if i := strings.IndexByte(names, r.text[r.pos+1]); i >= 0 {
		r.pos += 2
		return rune(values[i]), nil
	}
	c, ok := r.unit(r.pos)
	if !ok {
		return 0, r.refuse("Syntax errors in policy: unknown escape in a string")
	}
	if !utf16.IsSurrogate(c) {
		r.pos += 6
		return c, nil
	}
	low, _ := r.unit(r.pos + 6)
	pair := utf16.DecodeRune(c, low)
	if pair == utf8.RuneError {
		return 0, r.refuse("Syntax errors in policy: half of a surrogate pair in a string")
	}
	r.pos += 12
	return pair, nil
}

// unit reads \uXXXX at offset at.
func (r *reader) unit(at int) (rune, bool) {
	if at+6 > len(r.text) || r.text[at:at+2] != `\u` {
		return 0, false
	}
	v, err := strconv.ParseUint(r.text[at+2:at+6], 16, 16)
	return rune(v), err == nil
}
