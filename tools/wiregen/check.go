package main

import (
	"fmt"
	"slices"
)

// writeCheck writes Check of every structure, and check functions of the lists and maps that hold a constraint.
func (g *generator) writeCheck() error {
	g.each(structures, g.checkStructure)
	constrained := func(kind func(*shape) bool) func(*shape) bool {
		return func(s *shape) bool { return kind(s) && g.checked[s.name] }
	}
	g.each(constrained(lists), func(name string, s *shape) {
		g.p("func check%s(c *codec.Checker, m *codec.Member, v %s) {", name, g.bare(reference{Shape: s.name}))
		if s.hasLength() {
			g.p("c.Size(m, len(v))")
		}
		if g.checked[s.Member.Shape] {
			g.p("c.Enter(m)\nfor i := range v {\nc.At(i)")
			g.checkElement(s, *s.Member, "schema"+name+".Item", "v[i]")
			g.p("}\nc.Leave()")
		}
		g.p("}\n")
	})
	g.each(constrained(mappings), func(name string, s *shape) {
		g.p("func check%s(c *codec.Checker, m *codec.Member, v %s) {", name, g.bare(reference{Shape: s.name}))
		if s.hasLength() {
			g.p("c.Size(m, len(v))")
		}
		if g.checked[s.Key.Shape] {
			g.p("c.Enter(m)\nfor _, key := range codec.Keys(v) {")
			g.p("c.MapKey(schema%s.Key, string(key))", name)
			g.p("}\nc.Leave()")
		}
		if g.checked[s.Value.Shape] {
			g.p("c.Enter(m)\nfor _, key := range codec.Keys(v) {\nc.Entry(string(key))\nvalue := v[key]")
			g.checkElement(s, *s.Value, "schema"+name+".Value", "value")
			g.p("}\nc.Leave()")
		}
		g.p("}\n")
	})
	return nil
}

func (g *generator) checkStructure(name string, s *shape) {
	g.p("// Check appends the broken constraints of %s to c.", s.name)
	if !g.checked[s.name] {
		g.p("func (v *%s) Check(*codec.Checker) {}\n", name)
		return
	}
	g.p("func (v *%s) Check(c *codec.Checker) {", name)
	if slices.ContainsFunc(s.Members, func(m member) bool { return !g.stream(m) && (s.requires(m.Name) || g.nested(m)) }) {
		g.p("m := schema%s.Members", name)
	}
	if s.Union && !s.EventStream {
		g.p("set := 0")
		for _, m := range s.Members {
			g.p("if v.%s != nil {\nset++\n}", field(m.Name))
		}
		g.p("c.One(&schema%s, set)", name)
	}
	for i, m := range s.Members {
		required, nested := s.requires(m.Name), g.nested(m)
		if g.stream(m) || (!required && !nested) {
			continue
		}
		f := "v." + field(m.Name)
		switch {
		case nested:
			g.p("if %s != nil {", f)
			g.check(m.reference, at(i), f, g.pointed(m.reference))
			if required {
				g.p("} else {\nc.Missing(%s)", at(i))
			}
			g.p("}")
		default:
			g.p("if %s == nil {\nc.Missing(%s)\n}", f, at(i))
		}
	}
	g.p("}\n")
}

// nested reports whether a member's value holds a constraint that can be checked before it is read or parsed.
func (g *generator) nested(m member) bool {
	return g.checked[m.Shape] && !m.Streaming && !m.JSONValue
}

func (g *generator) checkElement(s *shape, ref reference, member, value string) {
	pointer := s.Sparse && g.pointed(ref)
	if s.Sparse {
		g.p("if %s == nil {\ncontinue\n}", value)
	}
	g.check(ref, member, value, pointer)
}

// check writes the statements that check a present value.
func (g *generator) check(ref reference, member, value string, pointer bool) {
	s := g.Shapes[ref.Shape]
	if s.structure() {
		g.p("c.Enter(%s)\n%s.Check(c)\nc.Leave()", member, value)
		return
	}
	if pointer {
		value = "*" + value
	}
	switch s.Type {
	case "string":
		if enums(s) {
			value = "string(" + value + ")"
		}
		g.p("c.String(%s, %s)", member, value)
	case "blob":
		g.p("c.Size(%s, len(%s))", member, value)
	case "list", "map":
		g.p("check%s(c, %s, %s)", g.names.shapes[ref.Shape], member, value)
	case "integer", "long", "float":
		g.p("c.Number(%s, float64(%s))", member, value)
	case "double":
		g.p("c.Number(%s, %s)", member, value)
	default:
		panic(fmt.Sprintf("shape %s of type %s holds a constraint", s.name, s.Type))
	}
}
