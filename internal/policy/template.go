package policy

import (
	"errors"
	"strings"
)

type tokenKind uint8

const (
	tokLiteral  tokenKind = iota
	tokMany               // "*": any run of characters
	tokOne                // "?": any one character
	tokVariable           // "${key}": the value of a context key
)

// token is a part of a value in a policy.
type token struct {
	text     string // the literal's text or the variable's folded key
	fallback string // the variable's default
	kind     tokenKind
	optional bool // there is a default
}

// syntax says which characters of a value have a meaning.
type syntax struct{ wildcards, variables bool }

var (
	errOpenVariable = errors.New("a variable \"${\" without closing brace; write \"${$}{\" for the text itself")
	errBadVariable  = errors.New("a variable must be ${prefix:key}, ${prefix:key, 'default'}, ${*}, ${?} or ${$}")
)

// parseTemplate splits a value into tokens. Neighbouring literals are one token.
func parseTemplate(text string, s syntax) ([]token, error) {
	var toks []token
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			toks = append(toks, token{kind: tokLiteral, text: literal.String()})
			literal.Reset()
		}
	}
	for text != "" {
		i := strings.IndexAny(text, "*?$")
		if i < 0 {
			i = len(text)
		}
		literal.WriteString(text[:i])
		if text = text[i:]; text == "" {
			break
		}
		tok, size := token{kind: tokLiteral, text: text[:1]}, 1
		switch {
		case text[0] == '*' && s.wildcards:
			tok = token{kind: tokMany}
		case text[0] == '?' && s.wildcards:
			tok = token{kind: tokOne}
		case s.variables && strings.HasPrefix(text, "${"):
			var err error
			if tok, size, err = parseVariable(text); err != nil {
				return nil, err
			}
		}
		if tok.kind == tokLiteral {
			literal.WriteString(tok.text)
		} else {
			flush()
			toks = append(toks, tok)
		}
		text = text[size:]
	}
	flush()
	return toks, nil
}

// parseVariable reads the variable or escape that text starts with, and says how long it is.
func parseVariable(text string) (tok token, size int, err error) {
	end := strings.IndexAny(text, "}'")
	if end < 0 {
		return token{}, 0, errOpenVariable
	}
	if text[end] == '}' {
		key := strings.TrimSpace(text[2:end])
		switch {
		case key == "*" || key == "?" || key == "$":
			return token{kind: tokLiteral, text: key}, end + 1, nil
		case !validKey(key):
			return token{}, 0, errBadVariable
		}
		return token{kind: tokVariable, text: fold(key)}, end + 1, nil
	}
	key, ok := strings.CutSuffix(strings.TrimSpace(text[2:end]), ",")
	key = strings.TrimSpace(key)
	fallback, rest, closed := strings.Cut(text[end+1:], "'")
	trimmed := strings.TrimLeft(rest, " ")
	if !ok || !closed || !validKey(key) || !strings.HasPrefix(trimmed, "}") {
		return token{}, 0, errBadVariable
	}
	return token{fold(key), fallback, tokVariable, true}, len(text) - len(trimmed) + 1, nil
}

// validKey reports whether text can name a condition key: a prefix, a colon, a name.
func validKey(text string) bool {
	prefix, name, ok := strings.Cut(text, ":")
	return ok && prefix != "" && name != "" && !strings.ContainsAny(text, "${}*?,'\"") && !strings.Contains(prefix, " ")
}

// resolve appends toks to dst with the variables replaced by their values as literals; ok is false where a variable has no
// value: the key is absent without a default, or has several values.
func resolve(dst, toks []token, ctx *Context) (resolved []token, ok bool) {
	for _, t := range toks {
		if t.kind == tokVariable {
			values := ctx.values[t.text]
			switch {
			case len(values) == 1:
				t = token{kind: tokLiteral, text: values[0]}
			case len(values) == 0 && t.optional:
				t = token{kind: tokLiteral, text: t.fallback}
			default:
				return nil, false
			}
		}
		dst = append(dst, t)
	}
	return dst, true
}

// hasVariables reports whether toks depend on the request.
func hasVariables(toks []token) bool {
	for _, t := range toks {
		if t.kind == tokVariable {
			return true
		}
	}
	return false
}
