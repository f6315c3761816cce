package main

import "fmt"

// writeTypes writes the enums and structures.
func (g *generator) writeTypes() error {
	g.each(enums, func(name string, s *shape) {
		g.p("// %s is the enum %s.", name, s.name)
		g.p("type %s string", name)
		g.p("")
		g.p("// The values of %s.", name)
		g.p("const (")
		for _, value := range s.Enum {
			g.p("%s %s = %q", g.names.enums[s.name][value], name, value)
		}
		g.p(")")
		g.p("")
	})
	g.each(structures, func(name string, s *shape) {
		g.p("// %s is the %s %s.", name, kind(s), s.name)
		g.p("type %s struct {", name)
		for _, m := range s.Members {
			if g.stream(m) {
				g.p("// The event stream %s is sent or read beside this shape: see %s.", m.Name, g.names.shapes[m.Shape])
				continue
			}
			pointer := ""
			if g.pointed(m.reference) {
				pointer = "*"
			}
			note := ""
			if s.requires(m.Name) {
				note = " // required"
			}
			g.p("%s %s%s%s", field(m.Name), pointer, g.bare(m.reference), note)
		}
		g.p("}")
		g.p("")
	})
	return nil
}

func kind(s *shape) string {
	switch {
	case s.EventStream:
		return "event stream"
	case s.Union:
		return "union"
	case s.Exception:
		return "exception"
	case s.Event:
		return "event"
	}
	return "structure"
}

// at names a member's schema inside generated code, where m is the members of the structure.
func at(index int) string { return fmt.Sprintf("&m[%d]", index) }
