package chattemplate

import (
	"slices"
	"strings"
)

// Limits of a template.
const (
	maxSource = 1 << 17 // bytes
	maxDepth  = 64      // of nested blocks and expressions
)

type parser struct {
	tokens []token
	at     int
	depth  int
}

// fault is how the parser and the evaluator leave what they are in; Parse and Render turn it into an error.
type fault struct{ err *Error }

func raise(line int, format string, args ...any) { panic(fault{failf(line, format, args...)}) }

// caught turns a fault into an error.
func caught(err *error) {
	switch cause := recover().(type) {
	case nil:
	case fault:
		*err = cause.err
	default:
		panic(cause)
	}
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != endOfFile {
		p.at++
	}
	return t
}

func (p *parser) is(kind tokenKind, text string) bool {
	t := p.peek()
	return t.kind == kind && t.text == text
}

func (p *parser) accept(kind tokenKind, text string) bool {
	if p.is(kind, text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(kind tokenKind, text string) {
	if !p.accept(kind, text) {
		raise(p.peek().line, "%q was expected, not %.40q", text, p.peek().text)
	}
}

func (p *parser) name() string {
	t := p.next()
	if t.kind != name {
		raise(t.line, "a name was expected, not %.40q", t.text)
	}
	return t.text
}

func (p *parser) deeper(line int) func() {
	if p.depth++; p.depth > maxDepth {
		raise(line, "blocks or expressions are nested deeper than %d", maxDepth)
	}
	return func() { p.depth-- }
}

// block reads statements up to a block whose first word is one of ends, and reads that word; no ends means the end of the template.
func (p *parser) block(ends ...string) (body []node, end string) {
	defer p.deeper(p.peek().line)()
	for {
		t := p.next()
		switch t.kind {
		case endOfFile:
			if len(ends) > 0 {
				raise(t.line, "the template ends where %s was expected", strings.Join(ends, " or "))
			}
			return body, ""
		case literal:
			body = append(body, output{constant{own(t.text)}, t.line})
		case openPrint:
			e := p.expression()
			p.expect(closeTag, "}}")
			body = append(body, output{e, t.line})
		default:
			word := p.name()
			if slices.Contains(ends, word) {
				return body, word
			}
			if n := p.statement(word, t.line); n != nil {
				body = append(body, n)
			}
		}
	}
}

func (p *parser) statement(word string, line int) node {
	switch word {
	case "if":
		return p.ifBlock(line)
	case "for":
		return p.forBlock(line)
	case "set":
		return p.set(line)
	case "macro":
		return p.macro(line)
	case "break", "continue":
		p.expect(closeTag, "%}")
		return jump{word == "break"}
	case "generation": // marks what a model said, for training
		p.expect(closeTag, "%}")
		body, _ := p.block("endgeneration")
		p.expect(closeTag, "%}")
		return group{body}
	default:
		raise(line, "the block %.40q is not served", word)
		return nil
	}
}

func (p *parser) ifBlock(line int) node {
	n := branch{line: line, test: p.expression()}
	p.expect(closeTag, "%}")
	var end string
	n.yes, end = p.block("elif", "else", "endif")
	switch end {
	case "elif":
		defer p.deeper(line)()
		n.no = []node{p.ifBlock(p.peek().line)} // reads the endif too
		return n
	case "else":
		p.expect(closeTag, "%}")
		n.no, _ = p.block("endif")
	}
	p.expect(closeTag, "%}")
	return n
}

func (p *parser) forBlock(line int) node {
	n := loop{line: line, names: p.names()}
	p.expect(name, "in")
	n.over = p.or() // no inline if: that is the filter
	if p.accept(name, "if") {
		n.filter = p.expression()
	}
	if p.is(name, "recursive") {
		raise(line, "recursive loops are not served")
	}
	p.expect(closeTag, "%}")
	var end string
	if n.body, end = p.block("else", "endfor"); end == "else" {
		p.expect(closeTag, "%}")
		n.none, _ = p.block("endfor")
	}
	p.expect(closeTag, "%}")
	return n
}

func (p *parser) names() []string {
	wrapped := p.accept(sign, "(")
	out := []string{p.name()}
	for p.accept(sign, ",") {
		out = append(out, p.name())
	}
	if wrapped {
		p.expect(sign, ")")
	}
	return out
}

func (p *parser) set(line int) node {
	n := assign{line: line, names: []string{p.name()}}
	switch {
	case p.accept(sign, "."):
		n.field = p.name()
	case p.is(sign, ","):
		for p.accept(sign, ",") {
			n.names = append(n.names, p.name())
		}
	}
	if p.accept(closeTag, "%}") {
		if n.field != "" || len(n.names) > 1 {
			raise(line, "a block is set to one name")
		}
		n.body, _ = p.block("endset")
		p.expect(closeTag, "%}")
		return n
	}
	p.expect(sign, "=")
	n.value = p.expression()
	if p.is(sign, ",") {
		list := listOf{line: line, items: []expr{n.value}}
		for p.accept(sign, ",") {
			list.items = append(list.items, p.expression())
		}
		n.value = list
	}
	p.expect(closeTag, "%}")
	return n
}

func (p *parser) macro(line int) node {
	n := &macro{line: line, name: p.name()}
	p.expect(sign, "(")
	for !p.accept(sign, ")") {
		n.params = append(n.params, p.name())
		var fallback expr
		if p.accept(sign, "=") {
			fallback = p.expression()
		}
		n.defaults = append(n.defaults, fallback)
		if !p.is(sign, ")") {
			p.expect(sign, ",")
		}
	}
	p.expect(closeTag, "%}")
	n.body, _ = p.block("endmacro")
	p.expect(closeTag, "%}")
	return n
}

// Template is a parsed chat template. It is immutable and may be used concurrently.
type Template struct{ body []node }

// Parse reads a template. The error is an *Error.
func Parse(source string) (t *Template, err error) {
	if len(source) > maxSource {
		return nil, failf(1, "%d bytes of at most %d", len(source), maxSource)
	}
	defer caught(&err)
	tokens, lexErr := lex(source)
	if lexErr != nil {
		return nil, lexErr
	}
	p := &parser{tokens: tokens}
	body, _ := p.block()
	return &Template{body}, nil
}
