package policy

import "strings"

// verdict is how a value of a policy compares with one of a request. The zero value is no.
type verdict int

const (
	no      verdict = iota
	yes             // they match
	unknown         // they cannot be compared: a variable has no value, or the request's text is not of the operator's type
)

func verdictOf(match bool) verdict {
	if match {
		return yes
	}
	return no
}

// inlineTokens is how many tokens a pattern with variables may have before resolving it takes memory.
const inlineTokens = 4

// textPattern is a value with wildcards, variables or neither.
type textPattern struct {
	toks    []token
	dynamic bool // there are variables
}

func newTextPattern(toks []token) textPattern { return textPattern{toks, hasVariables(toks)} }

// begins reports whether value begins with the text before the first wildcard or variable.
func (t textPattern) begins(value string) bool {
	return len(t.toks) == 0 || t.toks[0].kind != tokLiteral || strings.HasPrefix(value, t.toks[0].text)
}

func (t textPattern) compare(value string, ctx *Context) verdict {
	if !t.dynamic {
		return verdictOf(glob(t.toks).match(value))
	}
	var inline [inlineTokens]token
	toks, ok := resolve(inline[:0], t.toks, ctx)
	if !ok {
		return unknown
	}
	return verdictOf(glob(toks).match(value))
}

// foldPattern is a value without wildcards that is compared in any case.
type foldPattern struct {
	toks []token
}

func (f foldPattern) compare(value string, ctx *Context) verdict {
	var inline [inlineTokens]token
	toks, ok := resolve(inline[:0], f.toks, ctx)
	if !ok {
		return unknown
	}
	return verdictOf(strings.EqualFold(glob(toks).String(), value))
}

// arnParts is the number of parts of an ARN; the last may hold further colons.
const arnParts = 6

// arnPattern is a value of an Arn operator: six parts that are matched one by one, so that a wildcard never spans a colon
// before the last part. "*" alone matches every ARN; other values of fewer parts match nothing.
type arnPattern struct {
	toks  []token
	fixed []glob // the parts, unless there are variables
}

func newARNPattern(toks []token) arnPattern {
	if hasVariables(toks) {
		return arnPattern{toks: toks}
	}
	return arnPattern{toks: toks, fixed: splitARN(toks)}
}

// splitARN cuts tokens without variables into the six parts; it gives nil if there are fewer.
func splitARN(toks []token) []glob {
	if len(toks) == 1 && toks[0].kind == tokMany {
		return []glob{toks, toks, toks, toks, toks, toks}
	}
	var parts []glob
	var part glob
	for _, t := range toks {
		for t.kind == tokLiteral && len(parts) < arnParts-1 {
			before, after, colon := strings.Cut(t.text, ":")
			if !colon {
				break
			}
			parts = append(parts, append(part, token{kind: tokLiteral, text: before}))
			part, t.text = nil, after
		}
		part = append(part, t)
	}
	if len(parts) != arnParts-1 {
		return nil
	}
	return append(parts, part)
}

func (a arnPattern) compare(value string, ctx *Context) verdict {
	parts := a.fixed
	if hasVariables(a.toks) {
		toks, ok := resolve(nil, a.toks, ctx)
		if !ok {
			return unknown
		}
		parts = splitARN(toks)
	}
	if len(parts) != arnParts {
		return no
	}
	for i, p := range parts[:arnParts-1] {
		part, rest, ok := strings.Cut(value, ":")
		if !ok || i == 0 && part != "arn" || !p.match(part) {
			return no
		}
		value = rest
	}
	return verdictOf(parts[arnParts-1].match(value))
}
