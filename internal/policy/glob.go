package policy

import (
	"strings"
	"unicode/utf8"
)

// glob is a pattern of literals, "*" and "?", without variables.
type glob []token

// newGlob compiles text in the pattern language without variables.
func newGlob(text string) glob {
	toks, _ := parseTemplate(text, syntax{wildcards: true}) // only variables can be wrong
	return toks
}

// match reports whether g matches the whole of s. When a token after a "*" does not fit, that "*" takes one character more; an
// earlier one never has to, so there are no more than |g| x |s| steps and no memory is taken.
func (g glob) match(s string) bool {
	at, retry := 0, -1 // the next token, and the one after the last "*"
	var rest string    // what that "*" has not taken
	for {
		if at == len(g) && s == "" {
			return true
		}
		if at < len(g) {
			t := &g[at]
			switch {
			case t.kind == tokMany:
				at++
				if at == len(g) {
					return true
				}
				if next := &g[at]; next.kind == tokLiteral { // skip to where it can fit
					i := strings.Index(s, next.text)
					if i < 0 {
						return false
					}
					s = s[i:]
				}
				retry, rest = at, s
				continue
			case t.kind == tokOne && s != "":
				_, size := utf8.DecodeRuneInString(s)
				s = s[size:]
				at++
				continue
			case t.kind == tokLiteral && strings.HasPrefix(s, t.text):
				s = s[len(t.text):]
				at++
				continue
			}
		}
		if retry < 0 || rest == "" {
			return false
		}
		_, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		if t := &g[retry]; t.kind == tokLiteral { // skip to where the token can fit
			i := strings.Index(rest, t.text)
			if i < 0 {
				return false
			}
			rest = rest[i:]
		}
		at, s = retry, rest
	}
}

// literal gives the only text that g matches, if it has no wildcards.
func (g glob) literal() (string, bool) {
	switch {
	case len(g) == 0:
		return "", true
	case len(g) == 1 && g[0].kind == tokLiteral:
		return g[0].text, true
	default:
		return "", false
	}
}

// String gives the pattern as it was written. It is for patterns of actions, whose literals hold no wildcard characters.
func (g glob) String() string {
	var b strings.Builder
	for _, t := range g {
		switch t.kind {
		case tokMany:
			b.WriteByte('*')
		case tokOne:
			b.WriteByte('?')
		case tokLiteral, tokVariable:
			b.WriteString(t.text)
		}
	}
	return b.String()
}
