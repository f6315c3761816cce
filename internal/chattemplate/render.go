package chattemplate

// Limits of one rendering.
const (
	maxSteps = 1 << 20 // statements and expressions
	maxBytes = 1 << 26 // of all strings that are put together
	maxCalls = 64      // of macros inside of one another
)

// renderer is one rendering.
type renderer struct {
	out     *builder
	steps   int
	bytes   int
	calls   int
	top     *scope
	filters map[string]func(r *renderer, on any, a arguments) any // the table, for filters that name others
}

func (r *renderer) step(line int) {
	if r.steps++; r.steps > maxSteps {
		raise(line, "the template takes more than %d steps", maxSteps)
	}
}

// charge counts bytes that are put together.
func (r *renderer) charge(line, n int) {
	if r.bytes += n; r.bytes > maxBytes {
		raise(line, "the template makes more than %d bytes", maxBytes)
	}
}

// scope is the names of a block: few, but for the outermost.
type scope struct {
	names []binding
	up    *scope
}

type binding struct {
	name  string
	value any
}

func (s *scope) find(name string) any {
	for ; s != nil; s = s.up {
		for i := len(s.names) - 1; i >= 0; i-- {
			if s.names[i].name == name {
				return s.names[i].value
			}
		}
	}
	return undefined{name}
}

func (s *scope) set(name string, v any) {
	for i := range s.names {
		if s.names[i].name == name {
			s.names[i].value = v
			return
		}
	}
	s.names = append(s.names, binding{name, v})
}

func (s *scope) inner() *scope { return &scope{up: s} }

// Render writes a prompt. Values are nil, bool, int, int64, float64, string, Foreign, []any, Object and map[string]any, which is taken in order of its
// names. The error is an *Error.
func (t *Template) Render(values map[string]any) (out Output, err error) {
	defer caught(&err)
	top := &scope{}
	for name := range functions {
		top.set(name, method{name: name})
	}
	for name, v := range values {
		top.set(name, enter(v))
	}
	r := &renderer{out: &builder{}, top: top, filters: filters}
	r.run(t.body, top)
	s := r.out.str()
	return Output{s.s, s.foreign}, nil
}

// signal is how a block is left.
type signal int

const (
	onward signal = iota
	leaveLoop
	nextRound
)

type node interface {
	run(r *renderer, s *scope) signal
}

func (r *renderer) run(body []node, s *scope) signal {
	for _, n := range body {
		if sig := n.run(r, s); sig != onward {
			return sig
		}
	}
	return onward
}

// capture runs a body and gives what it puts out.
func (r *renderer) capture(body []node, s *scope) str {
	outer := r.out
	r.out = &builder{}
	r.run(body, s)
	got := r.out.str()
	r.out = outer
	return got
}

type output struct {
	value expr
	line  int
}

func (n output) run(r *renderer, s *scope) signal {
	r.step(n.line)
	v := show(n.value.eval(r, s))
	r.charge(n.line, len(v.s))
	r.out.add(v)
	return onward
}

type group struct{ body []node }

func (n group) run(r *renderer, s *scope) signal { return r.run(n.body, s) }

type jump struct{ leave bool }

func (n jump) run(*renderer, *scope) signal {
	if n.leave {
		return leaveLoop
	}
	return nextRound
}

type branch struct {
	line    int
	test    expr
	yes, no []node
}

func (n branch) run(r *renderer, s *scope) signal {
	r.step(n.line)
	if truth(n.test.eval(r, s)) {
		return r.run(n.yes, s)
	}
	return r.run(n.no, s)
}

type loop struct {
	line       int
	names      []string
	over       expr
	filter     expr
	body, none []node
}

func (n loop) run(r *renderer, s *scope) signal {
	all := items(n.line, n.over.eval(r, s))
	if n.filter != nil {
		var kept []any
		for _, v := range all {
			r.step(n.line)
			in := s.inner()
			n.bind(in, v)
			if truth(n.filter.eval(r, in)) {
				kept = append(kept, v)
			}
		}
		all = kept
	}
	if len(all) == 0 {
		return r.run(n.none, s)
	}
	for i, v := range all {
		r.step(n.line)
		in := s.inner()
		n.bind(in, v)
		in.set("loop", loopState{all, i})
		if r.run(n.body, in) == leaveLoop {
			break
		}
	}
	return onward
}

func (n loop) bind(s *scope, v any) {
	if len(n.names) == 1 {
		s.set(n.names[0], v)
		return
	}
	parts, ok := v.([]any)
	if !ok || len(parts) != len(n.names) {
		raise(n.line, "%d names for a %s", len(n.names), typeName(v))
	}
	for i, name := range n.names {
		s.set(name, parts[i])
	}
}

// items is what a loop goes over.
func items(line int, v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case *dict:
		out := make([]any, len(v.keys))
		for i, k := range v.keys {
			out[i] = k
		}
		return out
	case str:
		var out []any
		for i, c := range v.s {
			out = append(out, v.slice(i, i+len(string(c))))
		}
		return out
	case undefined:
		return nil
	default:
		raise(line, "a %s cannot be gone through", typeName(v))
		return nil
	}
}

// loopState is the name loop.
type loopState struct {
	all []any
	at  int
}

func (l loopState) field(name string) any {
	pick := func(i int) any {
		if i < 0 || i >= len(l.all) {
			return undefined{name}
		}
		return l.all[i]
	}
	n := int64(len(l.all))
	switch at := int64(l.at); name {
	case "index":
		return at + 1
	case "index0":
		return at
	case "revindex":
		return n - at
	case "revindex0":
		return n - at - 1
	case "first":
		return at == 0
	case "last":
		return at == n-1
	case "length":
		return n
	case "previtem":
		return pick(l.at - 1)
	case "nextitem":
		return pick(l.at + 1)
	}
	return undefined{"loop." + name}
}

type assign struct {
	line  int
	names []string
	field string // of a namespace
	value expr
	body  []node // where there is no value
}

func (n assign) run(r *renderer, s *scope) signal {
	r.step(n.line)
	var v any
	if n.value == nil {
		v = r.capture(n.body, s.inner())
	} else {
		v = n.value.eval(r, s)
	}
	switch {
	case n.field != "":
		d, ok := s.find(n.names[0]).(*dict)
		if !ok || !d.mutable {
			raise(n.line, "%s is no namespace", n.names[0])
		}
		d.set(own(n.field), v)
	case len(n.names) > 1:
		loop{line: n.line, names: n.names}.bind(s, v)
	default:
		s.set(n.names[0], v)
	}
	return onward
}

type macro struct {
	line     int
	name     string
	params   []string
	defaults []expr
	body     []node
}

func (n *macro) run(_ *renderer, s *scope) signal {
	s.set(n.name, n)
	return onward
}

func (n *macro) call(r *renderer, line int, args []any, named map[string]any) any {
	if r.calls++; r.calls > maxCalls {
		raise(line, "macros call one another deeper than %d", maxCalls)
	}
	defer func() { r.calls-- }()
	in := r.top.inner()
	for i, p := range n.params {
		v, given := named[p]
		switch {
		case i < len(args):
			v = args[i]
		case given:
		case n.defaults[i] != nil:
			v = n.defaults[i].eval(r, in)
		default:
			v = undefined{p}
		}
		in.set(p, v)
	}
	if len(args) > len(n.params) {
		raise(line, "%s takes %d arguments", n.name, len(n.params))
	}
	return r.capture(n.body, in)
}
