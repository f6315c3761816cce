package chattemplate

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// tokenKind tells tokens apart.
type tokenKind int

const (
	endOfFile tokenKind = iota
	literal             // text outside of tags
	openPrint           // {{
	openBlock           // {%
	closeTag            // }} or %}
	name
	text // a string
	number
	sign // an operator or a bracket
)

type token struct {
	kind tokenKind
	text string
	line int
}

// Error is what is wrong with a template, or with a conversation that it does not take, and where in the template.
type Error struct {
	Line    int
	Message string
	// Raised tells that the template itself refused the conversation.
	Raised bool
}

// Error gives the place and the message.
func (e *Error) Error() string { return fmt.Sprintf("chat template, line %d: %s", e.Line, e.Message) }

func failf(line int, format string, args ...any) *Error {
	return &Error{Line: line, Message: fmt.Sprintf(format, args...)}
}

// signs is the operators, the longer ones first.
var signs = [...]string{"**", "//", "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ",", ".", ":"}

// spaces is what trimming takes.
const spaces = " \t\n\r\v\f"

// lex cuts a template into tokens, with white space trimmed as transformers sets Jinja up: blocks take the white space before them in their line and the
// line break behind them.
func lex(source string) ([]token, error) {
	var out []token
	source = strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n")
	source = strings.TrimSuffix(source, "\n")
	line := 1
	first, trim, newline := true, false, false // what the last tag takes from the text behind it: all white space, a line break
	for source != "" {
		start := nextTag(source)
		plain := source[:start]
		lines := strings.Count(plain, "\n")
		if trim {
			plain = strings.TrimLeft(plain, spaces)
		} else if newline {
			plain = strings.TrimPrefix(plain, "\n")
		}
		fresh := first || strings.HasSuffix(source[:start-len(plain)], "\n") // whether plain begins a line
		first = false
		if start == len(source) {
			if plain != "" {
				out = append(out, token{literal, plain, line})
			}
			break
		}
		tag, rest := source[start:start+2], source[start+2:]
		switch {
		case strings.HasPrefix(rest, "-"):
			plain, rest = strings.TrimRight(plain, spaces), rest[1:]
		case strings.HasPrefix(rest, "+"):
			rest = rest[1:]
		case tag != "{{":
			if at := strings.LastIndexByte(plain, '\n') + 1; (at > 0 || fresh) && strings.Trim(plain[at:], spaces) == "" {
				plain = plain[:at]
			}
		}
		if plain != "" {
			out = append(out, token{literal, plain, line})
		}
		line += lines
		if tag == "{#" {
			end := strings.Index(rest, "#}")
			if end < 0 {
				return nil, failf(line, "a comment has no end")
			}
			line += strings.Count(rest[:end], "\n")
			trim, newline = end > 0 && rest[end-1] == '-', true
			source = rest[end+2:]
			continue
		}
		kind := openPrint
		if tag == "{%" {
			kind = openBlock
		}
		out = append(out, token{kind, tag, line})
		var mark string
		var err error
		if out, source, line, mark, err = lexTag(out, rest, line, tag == "{{"); err != nil {
			return nil, err
		}
		trim, newline = mark == "-", tag == "{%" && mark != "+"
	}
	return append(out, token{endOfFile, "", line}), nil
}

// nextTag is where the next tag begins.
func nextTag(source string) int {
	for i := 0; i+1 < len(source); i++ {
		if source[i] == '{' && (source[i+1] == '{' || source[i+1] == '%' || source[i+1] == '#') {
			return i
		}
	}
	return len(source)
}

// lexTag cuts the inside of a tag, and its end.
func lexTag(out []token, source string, line int, printing bool) (_ []token, rest string, _ int, mark string, _ error) {
	end := "%}"
	if printing {
		end = "}}"
	}
	depth := 0 // of braces: an end inside of them is none
	for {
		trimmed := strings.TrimLeft(source, spaces)
		line += strings.Count(source[:len(source)-len(trimmed)], "\n")
		source = trimmed
		if source == "" {
			return nil, "", 0, "", failf(line, "a tag has no end")
		}
		if depth == 0 {
			for _, mark := range [...]string{"-", "+", ""} {
				if strings.HasPrefix(source, mark+end) {
					return append(out, token{closeTag, end, line}), source[len(mark)+2:], line, mark, nil
				}
			}
		}
		t, n, err := lexOne(source, line)
		if err != nil {
			return nil, "", 0, "", err
		}
		if t.kind == sign && (t.text == "{" || t.text == "}") {
			depth += map[string]int{"{": 1, "}": -1}[t.text]
		}
		line += strings.Count(source[:n], "\n")
		out, source = append(out, t), source[n:]
	}
}

func lexOne(source string, line int) (token, int, error) {
	c := source[0]
	switch {
	case c == '\'' || c == '"':
		return lexString(source, line)
	case c >= '0' && c <= '9':
		n := 1
		for n < len(source) && (source[n] >= '0' && source[n] <= '9' || source[n] == '_' || source[n] == '.' && n+1 < len(source) && source[n+1] >= '0' && source[n+1] <= '9') {
			n++
		}
		return token{number, strings.ReplaceAll(source[:n], "_", ""), line}, n, nil
	case isNameByte(c):
		n := 1
		for n < len(source) && (isNameByte(source[n]) || source[n] >= '0' && source[n] <= '9') {
			n++
		}
		return token{name, source[:n], line}, n, nil
	}
	for _, s := range signs {
		if strings.HasPrefix(source, s) {
			return token{sign, s, line}, len(s), nil
		}
	}
	r, _ := utf8.DecodeRuneInString(source)
	return token{}, 0, failf(line, "unexpected %q", r)
}

func isNameByte(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }

// escapes is what stands for other characters in a string.
var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': "\"", 'b': "\b", 'f': "\f", 'a': "\a", 'v': "\v", '0': "\x00"}

func lexString(source string, line int) (token, int, error) {
	var b strings.Builder
	for i := 1; i < len(source); i++ {
		switch c := source[i]; {
		case c == source[0]:
			return token{text, b.String(), line}, i + 1, nil
		case c == '\\' && i+1 < len(source):
			i++
			if s, ok := escapes[source[i]]; ok {
				b.WriteString(s)
			} else if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[source[i]]; digits > 0 {
				var r rune
				if i+digits >= len(source) {
					return token{}, 0, failf(line, "a string has no end")
				}
				for _, d := range source[i+1 : i+1+digits] {
					v := strings.IndexRune("0123456789abcdef", d|0x20)
					if v < 0 || d < '0' {
						return token{}, 0, failf(line, "an escape is not hexadecimal")
					}
					r = r<<4 | rune(v)
				}
				b.WriteRune(r)
				i += digits
			} else {
				b.WriteByte('\\')
				b.WriteByte(source[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return token{}, 0, failf(line, "a string has no end")
}
