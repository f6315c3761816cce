package main

import (
	"fmt"
	"maps"
	"slices"
)

// reach is what the served operations need of a model.
type reach struct {
	shapes map[string]bool // every shape to generate
	input  map[string]bool // those that a request can hold
	// checked are the shapes that hold a constraint, themselves or deeper.
	checked map[string]bool
}

// reachable follows the inputs and outputs of the operations named in served.
func (m *model) reachable(served []string) (*reach, error) {
	r := &reach{shapes: map[string]bool{}, input: map[string]bool{}, checked: map[string]bool{}}
	for _, name := range served {
		op := m.Operations[name]
		if op == nil {
			return nil, fmt.Errorf("operation %s is not in the model", name)
		}
		if op.Input != nil {
			m.follow(op.Input.Shape, r.input)
			m.follow(op.Input.Shape, r.shapes)
		}
		if op.Output != nil {
			m.follow(op.Output.Shape, r.shapes)
		}
	}
	// Shapes may be recursive, so that "holds a constraint" is a fixed point.
	for changed := true; changed; {
		changed = false
		for name := range r.shapes {
			if !r.checked[name] && m.constrained(m.Shapes[name], r.checked) {
				r.checked[name], changed = true, true
			}
		}
	}
	return r, nil
}

func (m *model) follow(name string, seen map[string]bool) {
	if seen[name] {
		return
	}
	seen[name] = true
	for _, ref := range m.Shapes[name].references() {
		m.follow(ref.Shape, seen)
	}
}

func (m *model) constrained(s *shape, known map[string]bool) bool {
	switch s.Type {
	case "string", "blob", "list", "map":
		if s.hasLength() || s.Pattern != "" || len(s.Enum) > 0 {
			return true
		}
	case "integer", "long", "float", "double":
		return s.Min != nil || s.Max != nil
	case "structure":
		if len(s.Required) > 0 || (s.Union && !s.EventStream) {
			return true
		}
	}
	return slices.ContainsFunc(s.references(), func(ref reference) bool {
		return known[ref.Shape] && !ref.Streaming && !ref.JSONValue && !m.Shapes[ref.Shape].EventStream
	})
}

// hasLength reports whether a length can be broken: a minimum of zero alone is none.
func (s *shape) hasLength() bool { return (s.Min != nil && *s.Min > 0) || s.Max != nil }

// sorted gives the names of the shapes to generate, in order.
func (r *reach) sorted() []string { return slices.Sorted(maps.Keys(r.shapes)) }
