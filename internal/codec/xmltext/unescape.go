package xmltext

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// characters refuses what XML cannot hold, and reads every line end as a line feed.
func (p *parser) characters(s string) string {
	for _, r := range s {
		if !character(r) {
			p.fail("character U+" + strings.ToUpper(strconv.FormatInt(int64(r), 16)))
			return ""
		}
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s
}

// plain gives what escaped text stands for. In an attribute white space is spaces, and "<" is not allowed.
func (p *parser) plain(s string, attribute bool) string {
	s = p.characters(s)
	if attribute {
		if strings.IndexByte(s, '<') >= 0 {
			p.fail("\"<\" in an attribute")
		}
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
	}
	if p.err != nil || strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, found := strings.Cut(rest, ";")
		if r, ok := reference(name); found && ok {
			b.WriteRune(r)
			s = after
			continue
		}
		p.fail("unknown reference")
		return ""
	}
}

// reference gives the character that a reference without its "&" and ";" stands for.
func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), ok && err == nil && n <= utf8.MaxRune && character(rune(n))
}
