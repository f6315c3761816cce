package chattemplate

import (
	"math"
	"strings"
	"unicode/utf8"
)

type expr interface {
	eval(r *renderer, s *scope) any
}

type constant struct{ value any }

func (e constant) eval(*renderer, *scope) any { return e.value }

type variable struct {
	line int
	name string
}

func (e variable) eval(r *renderer, s *scope) any {
	r.step(e.line)
	return s.find(e.name)
}

type listOf struct {
	line  int
	items []expr
}

func (e listOf) eval(r *renderer, s *scope) any {
	r.step(e.line)
	out := make([]any, len(e.items))
	for i, x := range e.items {
		out[i] = x.eval(r, s)
	}
	return out
}

type dictOf struct {
	line         int
	keys, values []expr
}

func (e dictOf) eval(r *renderer, s *scope) any {
	r.step(e.line)
	d := newDict()
	for i, k := range e.keys {
		d.set(show(k.eval(r, s)), e.values[i].eval(r, s))
	}
	return d
}

type choice struct {
	line          int
	test, yes, no expr
}

func (e choice) eval(r *renderer, s *scope) any {
	r.step(e.line)
	switch {
	case truth(e.test.eval(r, s)):
		return e.yes.eval(r, s)
	case e.no == nil:
		return undefined{"the other case"}
	}
	return e.no.eval(r, s)
}

type logic struct {
	line        int
	and         bool
	left, right expr
}

func (e logic) eval(r *renderer, s *scope) any {
	r.step(e.line)
	if v := e.left.eval(r, s); truth(v) != e.and {
		return v
	}
	return e.right.eval(r, s)
}

type negation struct{ of expr }

func (e negation) eval(r *renderer, s *scope) any { return !truth(e.of.eval(r, s)) }

type operation struct {
	line        int
	operator    string
	left, right expr
}

func (e operation) eval(r *renderer, s *scope) any {
	r.step(e.line)
	a, b := e.left.eval(r, s), e.right.eval(r, s)
	switch e.operator {
	case "==":
		return equal(a, b)
	case "!=":
		return !equal(a, b)
	case "in":
		return contains(e.line, b, a)
	case "not in":
		return !contains(e.line, b, a)
	case "<", "<=", ">", ">=":
		return e.order(a, b)
	case "~":
		return r.concat(e.line, show(a), show(b))
	case "+":
		if x, ok := a.(str); ok {
			if y, ok := b.(str); ok {
				return r.concat(e.line, x, y)
			}
		}
		if x, ok := a.([]any); ok {
			if y, ok := b.([]any); ok {
				r.charge(e.line, 16*(len(x)+len(y)))
				return append(append([]any{}, x...), y...)
			}
		}
	case "*":
		if x, ok := a.(str); ok {
			if n, ok := b.(int64); ok {
				n = max(0, n)
				if n > maxBytes {
					raise(e.line, "a string is repeated too often")
				}
				r.charge(e.line, len(x.s)*int(n))
				return x.whole(strings.Repeat(x.s, int(n)))
			}
		}
	}
	return e.arithmetic(a, b)
}

func (r *renderer) concat(line int, a, b str) str {
	r.charge(line, len(a.s)+len(b.s))
	return joined(a, b)
}

func (e operation) order(a, b any) bool {
	var c float64
	x, isNumber := numeric(a)
	y, both := numeric(b)
	s, isText := a.(str)
	t, bothText := b.(str)
	switch {
	case isNumber && both:
		c = x - y
	case isText && bothText:
		c = float64(strings.Compare(s.s, t.s))
	default:
		raise(e.line, "a %s and a %s have no order", typeName(a), typeName(b))
	}
	switch e.operator {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

func (e operation) arithmetic(a, b any) any {
	x, isNumber := numeric(a)
	y, both := numeric(b)
	if !isNumber || !both {
		raise(e.line, "%s is not defined between a %s and a %s", e.operator, typeName(a), typeName(b))
	}
	if y == 0 && strings.ContainsAny(e.operator, "/%") {
		raise(e.line, "a division by zero")
	}
	var v float64
	switch e.operator {
	case "+":
		v = x + y
	case "-":
		v = x - y
	case "*":
		v = x * y
	case "/":
		return x / y
	case "//":
		v = math.Floor(x / y)
	case "%":
		v = x - y*math.Floor(x/y)
	default:
		raise(e.line, "the operator %s is not served", e.operator)
	}
	_, float := a.(float64)
	_, either := b.(float64)
	if float || either || math.Abs(v) > 1<<53 {
		return v
	}
	return int64(v)
}

func contains(line int, in, what any) bool {
	switch in := in.(type) {
	case str:
		s, ok := what.(str)
		if !ok {
			raise(line, "a %s is looked for in a string", typeName(what))
		}
		return strings.Contains(in.s, s.s)
	case []any:
		for _, v := range in {
			if equal(v, what) {
				return true
			}
		}
		return false
	case *dict:
		s, ok := what.(str)
		_, known := in.values[s.s]
		return ok && known
	case undefined:
		return false
	default:
		raise(line, "nothing is in a %s", typeName(in))
		return false
	}
}

type attribute struct {
	line int
	on   expr
	name string
}

func (e attribute) eval(r *renderer, s *scope) any {
	r.step(e.line)
	switch on := e.on.eval(r, s).(type) {
	case *dict:
		if _, ok := methods[e.name]; ok && !on.mutable && isDictMethod(e.name) {
			return method{on, e.name}
		}
		if v, ok := on.values[e.name]; ok {
			return v
		}
		return undefined{e.name}
	case loopState:
		return on.field(e.name)
	case str:
		if _, ok := methods[e.name]; ok && !isDictMethod(e.name) {
			return method{on, e.name}
		}
		return undefined{e.name}
	case undefined:
		raise(e.line, "%.40s is undefined, so it has no %.40s", on.name, e.name)
	}
	return undefined{e.name}
}

type index struct {
	line   int
	on, at expr
}

func (e index) eval(r *renderer, s *scope) any {
	r.step(e.line)
	on, at := e.on.eval(r, s), e.at.eval(r, s)
	if d, ok := on.(*dict); ok {
		key, _ := at.(str)
		if v, ok := d.values[key.s]; ok {
			return v
		}
		return undefined{key.s}
	}
	if u, ok := on.(undefined); ok {
		raise(e.line, "%.40s is undefined, so nothing is in it", u.name)
	}
	i, ok := at.(int64)
	if !ok {
		return undefined{"an item"}
	}
	if text, ok := on.(str); ok {
		on = items(e.line, text)
	}
	list, _ := on.([]any)
	if i < 0 {
		i += int64(len(list))
	}
	if i < 0 || i >= int64(len(list)) {
		return undefined{"an item"}
	}
	return list[i]
}

type sliceOf struct {
	line               int
	on, from, to, step expr
}

func (e sliceOf) eval(r *renderer, s *scope) any {
	r.step(e.line)
	on := e.on.eval(r, s)
	text, isText := on.(str)
	list, isList := on.([]any)
	n := len(list)
	switch {
	case isText:
		n = utf8.RuneCountInString(text.s)
	case !isList:
		raise(e.line, "a %s cannot be sliced", typeName(on))
	}
	bound := func(x expr, otherwise int) int {
		if x == nil {
			return otherwise
		}
		i, ok := x.eval(r, s).(int64)
		if !ok {
			raise(e.line, "a bound is no whole number")
		}
		return int(max(-1<<31, min(1<<31, i)))
	}
	step := bound(e.step, 1)
	if step == 0 {
		raise(e.line, "a slice of step 0")
	}
	first, last, low, high := 0, n, 0, n
	if step < 0 {
		first, last, low, high = n-1, -1, -1, n-1
	}
	clip := func(x expr, otherwise int) int {
		i := bound(x, otherwise)
		if x != nil && i < 0 {
			i += n
		}
		return max(low, min(high, i))
	}
	first, last = clip(e.from, first), clip(e.to, last)
	if isText && step == 1 {
		offsets := make([]int, 0, n+1)
		for i := range text.s {
			offsets = append(offsets, i)
		}
		offsets = append(offsets, len(text.s))
		return text.slice(offsets[first], offsets[max(first, last)])
	}
	if isText {
		list = items(e.line, text)
	}
	var out []any
	for i := first; step > 0 && i < last || step < 0 && i > last; i += step {
		out = append(out, list[i])
	}
	if isText {
		var b builder
		for _, v := range out {
			b.add(v.(str))
		}
		return b.str()
	}
	return out
}

type call struct {
	line  int
	of    expr
	args  []expr
	named []namedArg
}

func (e call) eval(r *renderer, s *scope) any {
	r.step(e.line)
	of := e.of.eval(r, s)
	a := arguments{line: e.line, named: map[string]any{}}
	for _, x := range e.args {
		a.list = append(a.list, x.eval(r, s))
	}
	for _, x := range e.named {
		a.named[x.name] = x.value.eval(r, s)
	}
	switch of := of.(type) {
	case method:
		if of.on == nil {
			return functions[of.name](r, a)
		}
		return methods[of.name](r, of.on, a)
	case *macro:
		return of.call(r, e.line, a.list, a.named)
	case undefined:
		raise(e.line, "%.40s is undefined and cannot be called", of.name)
	}
	raise(e.line, "a %s cannot be called", typeName(of))
	return nil
}

type filter struct {
	line  int
	on    expr
	name  string
	args  []expr
	named []namedArg
}

func (e filter) eval(r *renderer, s *scope) any {
	r.step(e.line)
	a := arguments{line: e.line, named: map[string]any{}}
	on := e.on.eval(r, s)
	for _, x := range e.args {
		a.list = append(a.list, x.eval(r, s))
	}
	for _, x := range e.named {
		a.named[x.name] = x.value.eval(r, s)
	}
	return filters[e.name](r, on, a)
}

type test struct {
	line    int
	negated bool
	on      expr
	name    string
	args    []expr
}

func (e test) eval(r *renderer, s *scope) any {
	r.step(e.line)
	a := arguments{line: e.line}
	on := e.on.eval(r, s)
	for _, x := range e.args {
		a.list = append(a.list, x.eval(r, s))
	}
	return tests[e.name](on, a) != e.negated
}

// arguments is what a call is given.
type arguments struct {
	line  int
	list  []any
	named map[string]any
}

// at is argument i, or the one of that name, or the fallback.
func (a arguments) at(i int, name string, fallback any) any {
	if i < len(a.list) {
		return a.list[i]
	}
	if v, ok := a.named[name]; ok {
		return v
	}
	return fallback
}

// text is at for a string, empty without one.
func (a arguments) text(i int, name string) str {
	switch v := a.at(i, name, str{}).(type) {
	case str:
		return v
	case nil:
		return str{}
	default:
		raise(a.line, "an argument is a %s, not a string", typeName(v))
		return str{}
	}
}

// whole is at for a whole number.
func (a arguments) whole(i int, name string, fallback int) int {
	v, ok := a.at(i, name, int64(fallback)).(int64)
	if !ok || v > 1<<31 || v < -1<<31 {
		raise(a.line, "an argument is not a whole number")
	}
	return int(v)
}
