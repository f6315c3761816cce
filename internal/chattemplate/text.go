package chattemplate

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is bytes of a text: From, up to but without To.
type Span struct{ From, To int }

// str is a string of which some bytes came from others.
type str struct {
	s       string
	foreign []Span // in order, not empty, apart
}

func own(s string) str { return str{s: s} }

func foreignText(s string) str {
	if s == "" {
		return str{}
	}
	return str{s, []Span{{0, len(s)}}}
}

// whole marks s as foreign if any of what it was made from is.
func (a str) whole(s string) str {
	if len(a.foreign) > 0 {
		return foreignText(s)
	}
	return own(s)
}

// slice is bytes [from, to).
func (a str) slice(from, to int) str {
	out := str{s: a.s[from:to]}
	for _, f := range a.foreign {
		if f.From, f.To = max(f.From, from), min(f.To, to); f.From < f.To {
			out.foreign = append(out.foreign, Span{f.From - from, f.To - from})
		}
	}
	return out
}

func (a str) trimFunc(left, right bool, cut func(r rune) bool) str {
	from, to := 0, len(a.s)
	if left {
		from = len(a.s) - len(strings.TrimLeftFunc(a.s, cut))
	}
	if right {
		to = from + len(strings.TrimRightFunc(a.s[from:], cut))
	}
	return a.slice(from, to)
}

func (a str) split(separator string, most int) []any {
	var out []any
	if separator == "" { // at white space
		for at := 0; ; {
			for at < len(a.s) {
				r, n := utf8.DecodeRuneInString(a.s[at:])
				if !unicode.IsSpace(r) {
					break
				}
				at += n
			}
			if at == len(a.s) {
				return out
			}
			end := strings.IndexFunc(a.s[at:], unicode.IsSpace)
			if end < 0 || most >= 0 && len(out) == most {
				end = len(a.s) - at
			}
			out = append(out, a.slice(at, at+end))
			at += end
		}
	}
	at := 0
	for most < 0 || len(out) < most {
		i := strings.Index(a.s[at:], separator)
		if i < 0 {
			break
		}
		out = append(out, a.slice(at, at+i))
		at += i + len(separator)
	}
	return append(out, a.slice(at, len(a.s)))
}

// builder puts strings together.
type builder struct {
	b       strings.Builder
	foreign []Span
}

func (b *builder) add(a str) {
	at := b.b.Len()
	b.b.WriteString(a.s)
	for _, f := range a.foreign {
		f.From, f.To = f.From+at, f.To+at
		if n := len(b.foreign); n > 0 && b.foreign[n-1].To == f.From {
			b.foreign[n-1].To = f.To
		} else {
			b.foreign = append(b.foreign, f)
		}
	}
}

func (b *builder) str() str { return str{b.b.String(), b.foreign} }

func joined(parts ...str) str {
	var b builder
	for _, p := range parts {
		b.add(p)
	}
	return b.str()
}
