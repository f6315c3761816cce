package pattern

import "strings"

// unsupportedGroups and unsupportedEscapes are what other engines have and RE2 leaves out.
var (
	unsupportedGroups = []struct{ prefix, name string }{
		{"(?=", "look-ahead (?=…) is"},
		{"(?!", "negative look-ahead (?!…) is"},
		{"(?<=", "look-behind (?<=…) is"},
		{"(?<!", "negative look-behind (?<!…) is"},
		{"(?>", "an atomic group (?>…) is"},
		{"(?|", "a branch reset (?|…) is"},
		{"(?(", "a conditional (?(…)…) is"},
		{"(?#", "a comment (?#…) is"},
		{"(?R", "recursion (?R) is"},
		{"(?&", "recursion (?&…) is"},
		{"(?P>", "recursion (?P>…) is"},
		{"(?P=", "a back-reference (?P=…) is"},
		{"(?0", "recursion (?0) is"},
		{"(?1", "recursion (?1) is"},
		{"(?2", "recursion (?2) is"},
		{"(?+", "recursion (?+…) is"},
		{"(?'", "a group named with quotes (?'…') is"},
		{"(*", "a control verb (*…) is"},
	}
	unsupportedEscapes = map[byte]string{
		'1': "a back-reference (\\1) is", '2': "a back-reference (\\2) is", '3': "a back-reference (\\3) is", '4': "a back-reference (\\4) is",
		'5': "a back-reference (\\5) is", '6': "a back-reference (\\6) is", '7': "a back-reference (\\7) is", '8': "a back-reference (\\8) is",
		'9': "a back-reference (\\9) is", 'k': "a named back-reference (\\k) is", 'g': "a back-reference (\\g) is", 'C': "a single byte (\\C) is",
		'K': "a reset of the match (\\K) is", 'G': "the end of the last match (\\G) is", 'X': "a grapheme (\\X) is", 'R': "a line break (\\R) is",
		'Z': "the end before a final line break (\\Z) is", 'h': "horizontal white space (\\h) is", 'H': "\\H is", 'V': "\\V is", 'N': "\\N is",
		'u': "\\u is", 'c': "a control character (\\c) is",
	}
)

// unsupported names the first thing in an expression that other engines have and RE2 leaves out; it is empty when there is none.
func unsupported(expr string) string {
	class, quoted := false, false // inside [...], inside \Q...\E
	repeated := false             // what was just read is a repeat: a + behind it is possessive
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		wasRepeat := repeated
		repeated = false
		switch {
		case quoted:
			if strings.HasPrefix(expr[i:], `\E`) {
				quoted = false
				i++
			}
		case c == '\\' && i+1 < len(expr):
			i++
			if expr[i] == 'Q' {
				quoted = true
			} else if name, ok := unsupportedEscapes[expr[i]]; ok && !(class && expr[i] >= '1' && expr[i] <= '7') && !octal(expr[i:]) {
				return name
			}
		case class:
			class = c != ']'
		case c == '[':
			class = true
			// A ] right at the front stands for itself.
			if strings.HasPrefix(expr[i+1:], "^]") {
				i += 2
			} else if strings.HasPrefix(expr[i+1:], "]") {
				i++
			}
		case c == '(':
			for _, g := range unsupportedGroups {
				if strings.HasPrefix(expr[i:], g.prefix) {
					return g.name
				}
			}
		case c == '+' && wasRepeat:
			return "a possessive repeat (" + expr[i-1:i+1] + ") is"
		case c == '*' || c == '+' || c == '?' || c == '}' && counted(expr[:i+1]):
			// A lazy mark ends the repeat.
			repeated = !(c == '?' && wasRepeat)
		}
	}
	return ""
}

// octal reports whether an escape is an octal code such as \123, which RE2 knows.
func octal(s string) bool {
	return len(s) >= 3 && s[0] >= '1' && s[0] <= '7' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7'
}

// counted reports whether s ends in a counted repeat: {2}, {2,} or {2,3}. Other braces stand for themselves.
func counted(s string) bool {
	open := strings.LastIndexByte(s, '{')
	if open < 0 || open+2 >= len(s) || s[open+1] == ',' {
		return false
	}
	return strings.Trim(s[open+1:len(s)-1], "0123456789,") == ""
}
