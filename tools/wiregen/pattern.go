package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxRepeat is the largest repeat count that RE2 takes.
const maxRepeat = 1000

// pattern is a model's Java regular expression in RE2's syntax; ahead and never are prefixes that must, and must not, match.
type pattern struct{ match, ahead, never string }

// byHand holds the patterns whose look-ahead is not at the start, each with what it means.
var byHand = map[string]pattern{
	// A hyphen that no second hyphen follows, anywhere.
	`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`: {match: `[a-z0-9][a-z0-9-]{1,61}[a-z0-9]`, never: `.*--`},
}

// translate turns a Java pattern, matched against a whole string, into RE2's syntax, or fails.
func translate(java string) (pattern, error) {
	p, ok := byHand[java]
	if !ok {
		rest := strings.TrimPrefix(java, "^")
		kind, ahead, after, err := lookahead(rest)
		if err != nil {
			return p, err
		}
		if kind != 0 {
			rest = after
			ahead, err = rewrite(strings.ReplaceAll(ahead, "$", `\z`))
			if err != nil {
				return p, err
			}
		}
		switch kind {
		case '!':
			p.never = ahead
		case '=':
			p.ahead = ahead
		default:
			rest = java
		}
		if p.match, err = rewrite(rest); err != nil {
			return p, err
		}
	}
	for _, expr := range []string{`\A(?:` + p.match + `)\z`, `\A(?:` + p.ahead + `)`, `\A(?:` + p.never + `)`} {
		if _, err := regexp.Compile(expr); err != nil {
			return p, fmt.Errorf("pattern %q: %w", java, err)
		}
	}
	return p, nil
}

// lookahead splits a leading (?!...) or (?=...) off. kind is '!' or '=', or 0 where there is none.
func lookahead(expr string) (kind byte, inside, after string, err error) {
	if len(expr) < 3 || expr[:2] != "(?" || (expr[2] != '!' && expr[2] != '=') {
		return 0, "", "", nil
	}
	depth, class := 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return expr[2], expr[3:i], expr[i+1:], nil
			}
		}
	}
	return 0, "", "", fmt.Errorf("pattern %q: look-ahead without an end", expr)
}

// rewrite changes what RE2 spells otherwise: \uXXXX, the dot, which in Java stops at five line ends, and repeats over 1000.
func rewrite(java string) (string, error) {
	var b strings.Builder
	class, repeated := false, false // inside [...]; right after a repeat
	for i := 0; i < len(java); i++ {
		c, wasOpen := java[i], class
		switch {
		case c == '\\' && i+5 < len(java) && java[i+1] == 'u':
			r, err := strconv.ParseUint(java[i+2:i+6], 16, 32)
			if err != nil {
				return "", fmt.Errorf("pattern %q: %w", java, err)
			}
			i += 5
			// Two surrogates in a row are one code point, to Java as to us.
			if r >= 0xD800 && r < 0xDC00 && strings.HasPrefix(java[i+1:], `\u`) {
				low, err := strconv.ParseUint(java[i+3:i+7], 16, 32)
				if err != nil {
					return "", fmt.Errorf("pattern %q: %w", java, err)
				}
				r = 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
				i += 6
			}
			fmt.Fprintf(&b, `\x{%04X}`, r)
		case c == '\\' && i+1 < len(java):
			end := i + 2
			if java[i+1]|0x20 == 'p' && strings.HasPrefix(java[end:], "{") {
				end = i + strings.IndexByte(java[i:], '}') + 1
			}
			b.WriteString(property(java[i:end], class))
			i = end - 1
		case class:
			// Java nests classes and intersects them; RE2 would read both as plain characters.
			if c == '[' && !strings.HasPrefix(java[i:], "[:") || strings.HasPrefix(java[i:], "&&") {
				return "", fmt.Errorf("pattern %q: class inside a class", java)
			}
			class = c != ']'
			b.WriteByte(c)
		case c == '[':
			class = true
			b.WriteByte(c)
			if strings.HasPrefix(java[i+1:], "^") {
				b.WriteByte('^')
				i++
			}
		case c == '.':
			b.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
		case c == '+' && repeated:
			return "", fmt.Errorf("pattern %q: possessive repeat", java)
		case c == '{':
			end := strings.IndexByte(java[i:], '}')
			if end < 0 {
				return "", fmt.Errorf("pattern %q: repeat without an end", java)
			}
			expanded, err := repeat(b.String(), java[i:i+end+1])
			if err != nil {
				return "", fmt.Errorf("pattern %q: %w", java, err)
			}
			b.Reset()
			b.WriteString(expanded)
			i += end
		default:
			b.WriteByte(c)
		}
		repeated = !wasOpen && (c == '+' || c == '*' || c == '{' || (c == '?' && java[max(i-1, 0)] != '('))
	}
	return b.String(), nil
}

// property turns an escape of Java's that RE2 names otherwise.
func property(escape string, class bool) string {
	switch {
	case escape == `\p{ASCII}` && class:
		return `\x00-\x7F`
	case escape == `\p{ASCII}`:
		return `[\x00-\x7F]`
	}
	return escape
}

// repeat appends a repeat count to what is before it; a count over maxRepeat is written as several in a row.
func repeat(before, braces string) (string, error) {
	low, high, ranged := strings.Cut(strings.Trim(braces, "{}"), ",")
	lo, err := strconv.Atoi(low)
	if err != nil {
		return "", err
	}
	hi := lo
	switch {
	case ranged && high == "":
		hi = -1
	case ranged:
		if hi, err = strconv.Atoi(high); err != nil {
			return "", err
		}
	}
	if lo <= maxRepeat && hi <= maxRepeat {
		return before + braces, nil
	}
	start := atom(before)
	head, unit := before[:start], before[start:]
	var b strings.Builder
	b.WriteString(head + "(?:")
	for n := lo; n > 0; n -= maxRepeat {
		fmt.Fprintf(&b, "%s{%d}", unit, min(n, maxRepeat))
	}
	if ranged && high == "" {
		b.WriteString(unit + "*")
	}
	for n := hi - lo; n > 0; n -= maxRepeat {
		fmt.Fprintf(&b, "%s{0,%d}", unit, min(n, maxRepeat))
	}
	return b.String() + ")", nil
}

// atom finds where the last atom of an expression starts: a class, a group, an escape or one character.
func atom(expr string) int {
	starts, class, last := []int{}, false, 0
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			if !class {
				last = i
			}
			if strings.HasPrefix(expr[i:], `\x{`) {
				i += strings.IndexByte(expr[i:], '}')
			} else {
				i++
			}
		case class:
			class = c != ']'
		case c == '[':
			class, last = true, i
		case c == '(':
			starts = append(starts, i)
		case c == ')':
			last, starts = starts[len(starts)-1], starts[:len(starts)-1]
		default:
			last = i
		}
	}
	return last
}
