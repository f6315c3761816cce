package chattemplate

import (
	"slices"
	"strconv"
)

// expression reads a conditional expression.
func (p *parser) expression() expr {
	line := p.peek().line
	defer p.deeper(line)()
	e := p.or()
	for p.accept(name, "if") {
		c := choice{line: line, yes: e, test: p.or()}
		if p.accept(name, "else") {
			c.no = p.expression()
		}
		e = c
	}
	return e
}

func (p *parser) or() expr {
	e := p.and()
	for p.is(name, "or") {
		line := p.next().line
		e = logic{line, false, e, p.and()}
	}
	return e
}

func (p *parser) and() expr {
	e := p.not()
	for p.is(name, "and") {
		line := p.next().line
		e = logic{line, true, e, p.not()}
	}
	return e
}

func (p *parser) not() expr {
	if p.is(name, "not") {
		line := p.next().line
		defer p.deeper(line)()
		return negation{p.not()}
	}
	return p.comparison()
}

func (p *parser) comparison() expr {
	e := p.binary(0)
	var all expr
	for {
		t := p.peek()
		operator := t.text
		switch {
		case t.kind == sign && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, operator), t.kind == name && operator == "in":
			p.next()
		case t.kind == name && operator == "not" && p.tokens[p.at+1].kind == name && p.tokens[p.at+1].text == "in":
			p.next()
			p.next()
			operator = "not in"
		default:
			if all == nil {
				return e
			}
			return all
		}
		right := p.binary(0)
		var one expr = operation{t.line, operator, e, right}
		if all != nil {
			one = logic{t.line, true, all, one}
		}
		all, e = one, right
	}
}

// levels is the binary operators, those that bind least first, as in Jinja.
var levels = [...][]string{{"+", "-"}, {"~"}, {"*", "/", "//", "%"}}

func (p *parser) binary(level int) expr {
	if level == len(levels) {
		return p.unary()
	}
	e := p.binary(level + 1)
	for p.peek().kind == sign && slices.Contains(levels[level], p.peek().text) {
		t := p.next()
		e = operation{t.line, t.text, e, p.binary(level + 1)}
	}
	return e
}

func (p *parser) unary() expr {
	t := p.peek()
	if t.kind == sign && (t.text == "-" || t.text == "+") {
		p.next()
		defer p.deeper(t.line)()
		return operation{t.line, t.text, constant{int64(0)}, p.unary()}
	}
	return p.postfix(p.primary())
}

func (p *parser) primary() expr {
	t := p.next()
	switch t.kind {
	case text:
		s := t.text
		for p.peek().kind == text { // strings side by side are one
			s += p.next().text
		}
		return constant{own(s)}
	case number:
		if i, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return constant{i}
		}
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			raise(t.line, "%.40q is no number", t.text)
		}
		return constant{f}
	case name:
		switch t.text {
		case "true", "True":
			return constant{true}
		case "false", "False":
			return constant{false}
		case "none", "None":
			return constant{nil}
		}
		return variable{t.line, t.text}
	case sign:
		switch t.text {
		case "(":
			return p.tuple()
		case "[":
			return listOf{t.line, p.items("]")}
		case "{":
			return p.dict(t.line)
		}
	}
	raise(t.line, "an expression was expected, not %.40q", t.text)
	return nil
}

func (p *parser) items(end string) (out []expr) {
	for !p.accept(sign, end) {
		out = append(out, p.expression())
		if !p.is(sign, end) {
			p.expect(sign, ",")
		}
	}
	return out
}

// tuple reads a parenthesis: one expression, or several as a list.
func (p *parser) tuple() expr {
	line := p.peek().line
	if p.accept(sign, ")") {
		return listOf{line, nil}
	}
	e := p.expression()
	if p.accept(sign, ")") {
		return e
	}
	p.expect(sign, ",")
	return listOf{line, append([]expr{e}, p.items(")")...)}
}

func (p *parser) dict(line int) expr {
	d := dictOf{line: line}
	for !p.accept(sign, "}") {
		d.keys = append(d.keys, p.expression())
		p.expect(sign, ":")
		d.values = append(d.values, p.expression())
		if !p.is(sign, "}") {
			p.expect(sign, ",")
		}
	}
	return d
}

// postfix reads what follows an expression: fields, indices, calls, filters and tests.
func (p *parser) postfix(e expr) expr {
	for range maxSource {
		t := p.peek()
		switch {
		case p.accept(sign, "."):
			field := p.next()
			if field.kind != name && field.kind != number {
				raise(field.line, "a name was expected, not %.40q", field.text)
			}
			if i, err := strconv.ParseInt(field.text, 10, 64); err == nil {
				e = index{t.line, e, constant{i}}
			} else {
				e = attribute{t.line, e, field.text}
			}
		case p.accept(sign, "["):
			e = p.subscript(e, t.line)
		case p.is(sign, "("):
			args, named := p.arguments()
			e = call{t.line, e, args, named}
		case p.accept(sign, "|"):
			f := filter{line: t.line, on: e, name: p.name()}
			if p.is(sign, "(") {
				f.args, f.named = p.arguments()
			}
			if _, ok := filters[f.name]; !ok {
				raise(t.line, "the filter %.40q is not served", f.name)
			}
			e = f
		case p.accept(name, "is"):
			e = p.test(e, t.line)
		default:
			return e
		}
	}
	raise(p.peek().line, "the expression is too long")
	return nil
}

func (p *parser) test(on expr, line int) expr {
	n := test{line: line, negated: p.accept(name, "not"), on: on}
	n.name = p.name()
	if _, ok := tests[n.name]; !ok {
		raise(line, "the test %.40q is not served", n.name)
	}
	switch t := p.peek(); {
	case p.is(sign, "("):
		n.args, _ = p.arguments()
	case t.kind == text || t.kind == number || t.kind == name && !slices.Contains([]string{"else", "or", "and", "is", "if", "not", "in"}, t.text):
		n.args = []expr{p.postfix(p.primary())}
	}
	return n
}

func (p *parser) subscript(e expr, line int) expr {
	if p.accept(sign, ":") {
		return p.slice(e, nil, line)
	}
	first := p.expression()
	if p.accept(sign, ":") {
		return p.slice(e, first, line)
	}
	p.expect(sign, "]")
	return index{line, e, first}
}

func (p *parser) slice(e, from expr, line int) expr {
	s := sliceOf{line: line, on: e, from: from}
	if !p.is(sign, ":") && !p.is(sign, "]") {
		s.to = p.expression()
	}
	if p.accept(sign, ":") && !p.is(sign, "]") {
		s.step = p.expression()
	}
	p.expect(sign, "]")
	return s
}

type namedArg struct {
	name  string
	value expr
}

func (p *parser) arguments() (args []expr, named []namedArg) {
	p.expect(sign, "(")
	for !p.accept(sign, ")") {
		if t := p.peek(); t.kind == name && p.tokens[p.at+1].kind == sign && p.tokens[p.at+1].text == "=" {
			p.next()
			p.next()
			named = append(named, namedArg{t.text, p.expression()})
		} else {
			if len(named) > 0 {
				raise(t.line, "a plain argument follows a named one")
			}
			args = append(args, p.expression())
		}
		if !p.is(sign, ")") {
			p.expect(sign, ",")
		}
	}
	return args, named
}
