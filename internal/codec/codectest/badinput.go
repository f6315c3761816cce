package codectest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/codec"
)

// BadInput is an input that breaks one constraint of an operation's model and no other.
type BadInput struct {
	Name  string      // what is broken and where, for t.Run
	Value codec.Shape // give it to a protocol's client
	// Path leads to the broken value, as messages spell it.
	Path string
	// Constraint is the message's end, such as "Member must not be null"; empty where Malformed.
	Constraint string
	// Malformed inputs cannot be read at all: a wrong type, or a null inside a list.
	Malformed bool
	// Sensitive values are not in the message.
	Sensitive bool
}

// BadInputs makes one bad input for each constraint of each member, however deep, of an operation's input.
func BadInputs(op *codec.Operation) ([]BadInput, error) {
	b := &breaker{root: op.NewInput().Schema()}
	b.structure(b.root, nil, func(root *Dynamic) *Dynamic { return root }, nil)
	return b.out, b.err
}

// breaker walks a schema; every bad input is a fresh minimal one, changed in one place.
type breaker struct {
	root *codec.Schema
	out  []BadInput
	err  error
}

// find gives the structure at a place inside a fresh root, making it and all that is around it.
type find func(root *Dynamic) *Dynamic

func (b *breaker) structure(s *codec.Schema, path codec.Path, at find, open []*codec.Schema) {
	// Recursive shapes are broken once.
	if slices.Contains(open, s) {
		return
	}
	open = append(open, s)
	if s.Has(codec.Union) {
		b.union(s, path, at)
	}
	for i := range s.Members {
		m := &s.Members[i]
		if m.Has(codec.Streaming) || m.Has(codec.EventStream) {
			continue
		}
		b.member(s, m, append(slices.Clone(path), codec.Step{Member: m, Index: -1}), at, open)
	}
}

func (b *breaker) union(s *codec.Schema, path codec.Path, at find) {
	names := make([]string, len(s.Members))
	for i := range s.Members {
		names[i] = s.Members[i].Name
	}
	constraint := "Member must have exactly one of the members [" + strings.Join(names, ", ") + "]"
	b.add("no member of the union", path, constraint, func(root *Dynamic) { clear(at(root).Values) })
	if len(s.Members) > 1 {
		b.add("two members of the union", path, constraint, func(root *Dynamic) {
			for i := range s.Members[:2] {
				at(root).Values[s.Members[i].Name] = b.sample(&s.Members[i])
			}
		})
	}
}

func (b *breaker) member(s *codec.Schema, m *codec.Member, path codec.Path, at find, open []*codec.Schema) {
	set := func(value any) func(*Dynamic) {
		return func(root *Dynamic) {
			holder := at(root)
			if s.Has(codec.Union) {
				clear(holder.Values)
			}
			holder.Values[m.Name] = value
		}
	}
	if m.Has(codec.Required) && m.Location != codec.Label {
		b.add("missing", path, "Member must not be null", func(root *Dynamic) { delete(at(root).Values, m.Name) })
	}
	b.value(m, path, set)
	switch m.Type() {
	case codec.Structure:
		b.structure(m.Shape(), path, func(root *Dynamic) *Dynamic {
			holder := at(root)
			child, ok := holder.Values[m.Name].(*Dynamic)
			if !ok {
				child = b.sample(m).(*Dynamic)
				set(child)(root)
			}
			return child
		}, open)
	case codec.List:
		b.items(m, path, set, open)
	}
}

// items breaks the first item of a list.
func (b *breaker) items(m *codec.Member, path codec.Path, set func(any) func(*Dynamic), open []*codec.Schema) {
	item := m.Target.Item
	path = slices.Clone(path)
	path[len(path)-1].Index = 0
	full := func(first any) []any {
		list := []any{first}
		low, _ := lengths(m.Target)
		for len(list) < low {
			list = append(list, b.sample(item))
		}
		return list
	}
	b.malformed("null in", path, set(full(nil)))
	b.value(item, path, func(value any) func(*Dynamic) { return set(full(value)) })
	if item.Type() == codec.Structure {
		b.structure(item.Shape(), path, b.first(item, func(child any) func(*Dynamic) { return set(full(child)) }), open)
	}
}

// first finds the first item of a list, which it puts there. The same root is asked for more than once while one input is made.
func (b *breaker) first(item *codec.Member, set func(any) func(*Dynamic)) find {
	var last, child *Dynamic
	return func(root *Dynamic) *Dynamic {
		if root != last {
			last, child = root, b.sample(item).(*Dynamic)
			set(child)(root)
		}
		return child
	}
}

// value breaks what a value can break by itself.
func (b *breaker) value(m *codec.Member, path codec.Path, set func(any) func(*Dynamic)) {
	b.wrongType(m, path, set)
	if m.Type() == codec.Structure {
		return
	}
	s := m.Target
	low, high := lengths(s)
	if low > 0 && (m.Location != codec.Label || low > 1) {
		if v, ok := b.sized(m, low-1); ok {
			b.add("too short", path, "Member must have length greater than or equal to "+strconv.Itoa(low), set(v))
		}
	}
	if high < far {
		if v, ok := b.sized(m, high+1); ok {
			b.add("too long", path, "Member must have length less than or equal to "+strconv.Itoa(high), set(v))
		}
	}
	if s.Pattern != nil {
		if v, ok := outside(s); ok {
			b.add("pattern of", path, "Member must satisfy regular expression pattern: "+s.Pattern.Source, set(v))
		}
	}
	if s.Enum != nil {
		b.add("enum of", path, "Member must satisfy enum value set: ["+strings.Join(s.Enum, ", ")+"]", set("NO_SUCH_VALUE"))
	}
	if r := s.Range; r != nil && !r.NoMin {
		b.add("below the range of", path, "Member must have value greater than or equal to "+format(r.Min), set(number(s, r.Min-1)))
	}
	if r := s.Range; r != nil && !r.NoMax {
		b.add("above the range of", path, "Member must have value less than or equal to "+format(r.Max), set(number(s, r.Max+1)))
	}
}

// sized makes a value of exactly this length that is valid otherwise; ok is false where another constraint forbids every one.
func (b *breaker) sized(m *codec.Member, n int) (v any, ok bool) {
	switch m.Target.Type {
	case codec.String:
		text, err := text(m.Target, n, n)
		return text, err == nil
	case codec.Blob:
		return make([]byte, n), true
	case codec.List:
		list := []any{}
		for range n {
			list = append(list, b.sample(m.Target.Item))
		}
		return list, true
	}
	return nil, false
}

func (b *breaker) wrongType(m *codec.Member, path codec.Path, set func(any) func(*Dynamic)) {
	var wrong codec.Document = "x"
	switch m.Type() {
	case codec.AnyDocument:
		return
	case codec.String, codec.Blob:
		wrong = int64(1)
	case codec.List:
		wrong = map[string]any{}
	case codec.Map:
		wrong = []any{}
	}
	switch {
	case m.Location == codec.Body:
		b.malformed("wrong type of", path, set(raw{wrong}))
	case m.Type() == codec.Integer || m.Type() == codec.Long || m.Type() == codec.Boolean:
		b.malformed("wrong type of", path, set(raw{"x"}))
	}
}

func (b *breaker) malformed(name string, path codec.Path, change func(*Dynamic)) {
	b.add(name, path, "", change)
	b.out[len(b.out)-1].Malformed = true
}

func (b *breaker) add(name string, path codec.Path, constraint string, change func(*Dynamic)) {
	root, err := minimal(b.root)
	if err != nil && b.err == nil {
		b.err = err
	}
	change(root)
	hidden := slices.ContainsFunc(path, func(s codec.Step) bool {
		return s.Member.Has(codec.Sensitive) || (s.Index >= 0 && s.Member.Target.Item.Has(codec.Sensitive))
	})
	b.out = append(b.out, BadInput{
		Name: fmt.Sprintf("%s %s", name, path), Value: root, Path: path.String(), Constraint: constraint, Sensitive: hidden,
	})
}

func (b *breaker) sample(m *codec.Member) any {
	v, err := sample(m)
	if err != nil && b.err == nil {
		b.err = err
	}
	return v
}

func number(s *codec.Schema, v float64) any {
	if s.Type == codec.Integer || s.Type == codec.Long {
		return int64(v)
	}
	return v
}

func format(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
