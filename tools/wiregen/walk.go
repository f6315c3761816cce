package main

import "fmt"

// writeWalk writes Schema, Encode and Decode of every structure, and the functions that do the same for lists and maps.
func (g *generator) writeWalk() error {
	g.each(structures, func(name string, s *shape) {
		g.p("// Schema gives the schema of %s.", s.name)
		g.p("func (v *%s) Schema() *codec.Schema { return &schema%s }", name, name)
		g.p("")
		g.encodeStructure(name, s)
		g.decodeStructure(name, s)
	})
	g.each(lists, g.walkList)
	g.each(mappings, g.walkMap)
	return nil
}

func (g *generator) encodeStructure(name string, s *shape) {
	g.p("// Encode gives every present member to e.")
	if g.fieldless(s) {
		g.p("func (v *%s) Encode(codec.Encoder) {}\n", name)
		return
	}
	g.p("func (v *%s) Encode(e codec.Encoder) {", name)
	g.p("m := schema%s.Members", name)
	for i, m := range s.Members {
		if g.stream(m) {
			continue
		}
		f := "v." + field(m.Name)
		t := g.Shapes[m.Shape].Type
		// Answers' required lists and maps are written even if nil: doc.go of codec says why.
		always := s.requires(m.Name) && !g.input[s.name] && (t == "list" || t == "map") && !m.JSONValue
		if !always {
			g.p("if %s != nil {", f)
		}
		g.p("%s", g.encode(m.reference, at(i), f, g.pointed(m.reference)))
		if !always {
			g.p("}")
		}
	}
	g.p("}\n")
}

func (g *generator) fieldless(s *shape) bool {
	for _, m := range s.Members {
		if !g.stream(m) {
			return false
		}
	}
	return true
}

// encode gives the statement that writes a value. pointer tells whether the expression points at it.
func (g *generator) encode(ref reference, member, value string, pointer bool) string {
	s := g.Shapes[ref.Shape]
	if s.structure() {
		if !pointer {
			value = "&" + value
		}
		return fmt.Sprintf("e.Struct(%s, %s)", member, value)
	}
	if pointer {
		value = "*" + value
	}
	switch {
	case s.Document || ref.JSONValue:
		return fmt.Sprintf("e.Document(%s, %s)", member, value)
	case s.Type == "list" || s.Type == "map":
		return fmt.Sprintf("encode%s(e, %s, %s)", g.names.shapes[ref.Shape], member, value)
	case s.Type == "blob" && ref.Streaming:
		return fmt.Sprintf("e.Stream(%s, %s)", member, value)
	case enums(s):
		value = "string(" + value + ")"
	case s.Type == "integer":
		value = "int64(" + value + ")"
	case s.Type == "float":
		value = "float64(" + value + ")"
	}
	return fmt.Sprintf("e.%s(%s, %s)", method(s), member, value)
}

// method names the Encoder's and the Decoder's method for a simple shape.
func method(s *shape) string {
	return map[string]string{
		"boolean": "Bool", "integer": "Int", "long": "Int", "float": "Float", "double": "Float",
		"string": "String", "blob": "Blob", "timestamp": "Time",
	}[s.Type]
}

func (g *generator) decodeStructure(name string, s *shape) {
	g.p("// Decode sets the members that d finds.")
	g.p("func (v *%s) Decode(d codec.Decoder) {", name)
	if g.fieldless(s) {
		g.p("for d.Member(&schema%s) != nil {}\n}\n", name)
		return
	}
	g.p("for m := d.Member(&schema%s); m != nil; m = d.Member(&schema%s) {", name, name)
	g.p("switch m.Index {")
	for i, m := range s.Members {
		if g.stream(m) {
			continue
		}
		g.p("case %d: // %s", i, m.Name)
		f := "v." + field(m.Name)
		if g.Shapes[m.Shape].structure() {
			g.p("%s = new(%s)\nd.Struct(m, %s)", f, g.bare(m.reference), f)
			continue
		}
		value := g.decode(m.reference, "m")
		if g.pointed(m.reference) {
			value = "new(" + value + ")"
		}
		g.p("%s = %s", f, value)
	}
	g.p("}\n}\n}\n")
}

// decode gives the expression that reads a value other than a structure.
func (g *generator) decode(ref reference, member string) string {
	s := g.Shapes[ref.Shape]
	switch {
	case s.Document || ref.JSONValue:
		return fmt.Sprintf("d.Document(%s)", member)
	case s.Type == "list" || s.Type == "map":
		return fmt.Sprintf("decode%s(d, %s)", g.names.shapes[ref.Shape], member)
	case s.Type == "blob" && ref.Streaming:
		return fmt.Sprintf("d.Stream(%s)", member)
	}
	read := fmt.Sprintf("d.%s(%s)", method(s), member)
	switch {
	case enums(s):
		return g.names.shapes[ref.Shape] + "(" + read + ")"
	case s.Type == "integer":
		return "int32(" + read + ")"
	case s.Type == "float":
		return "float32(" + read + ")"
	}
	return read
}

func (g *generator) walkList(name string, s *shape) {
	ref, list := *s.Member, g.bare(reference{Shape: s.name})
	pointer := s.Sparse && g.pointed(ref)
	g.p("func encode%s(e codec.Encoder, m *codec.Member, v %s) {", name, list)
	g.p("if !e.StartList(m, len(v)) {\nreturn\n}")
	g.p("for i := range v {")
	g.encodeElement(s, ref, "schema"+name+".Item", "v[i]", pointer)
	g.p("}\ne.EndList(m)\n}\n")

	g.p("func decode%s(d codec.Decoder, m *codec.Member) %s {", name, list)
	g.p("v := %s{}", list)
	g.p("for d.StartList(m); d.Item(m); {")
	if s.Sparse {
		g.p("if d.Null(schema%s.Item) {\nv = append(v, nil)\ncontinue\n}", name)
	}
	switch {
	case g.Shapes[ref.Shape].structure() && pointer:
		g.p("v = append(v, new(%s))\nd.Struct(schema%s.Item, v[len(v)-1])", g.bare(ref), name)
	case g.Shapes[ref.Shape].structure():
		g.p("v = append(v, %s{})\nd.Struct(schema%s.Item, &v[len(v)-1])", g.bare(ref), name)
	case pointer:
		g.p("v = append(v, new(%s))", g.decode(ref, "schema"+name+".Item"))
	default:
		g.p("v = append(v, %s)", g.decode(ref, "schema"+name+".Item"))
	}
	g.p("}\nreturn v\n}\n")
}

func (g *generator) walkMap(name string, s *shape) {
	ref, table := *s.Value, g.bare(reference{Shape: s.name})
	pointer := s.Sparse && g.pointed(ref)
	g.p("func encode%s(e codec.Encoder, m *codec.Member, v %s) {", name, table)
	g.p("if !e.StartMap(m, len(v)) {\nreturn\n}")
	g.p("for _, key := range codec.Keys(v) {")
	g.p("e.Key(schema%s.Key, string(key))", name)
	g.p("value := v[key]")
	g.encodeElement(s, ref, "schema"+name+".Value", "value", pointer)
	g.p("}\ne.EndMap(m)\n}\n")

	g.p("func decode%s(d codec.Decoder, m *codec.Member) %s {", name, table)
	g.p("v := %s{}", table)
	g.p("d.StartMap(m)")
	g.p("for key, ok := d.Key(m); ok; key, ok = d.Key(m) {")
	index := "v[" + g.bare(*s.Key) + "(key)]"
	if s.Sparse {
		g.p("if d.Null(schema%s.Value) {\n%s = nil\ncontinue\n}", name, index)
	}
	switch {
	case g.Shapes[ref.Shape].structure():
		g.p("value := new(%s)\nd.Struct(schema%s.Value, value)", g.bare(ref), name)
		if pointer {
			g.p("%s = value", index)
		} else {
			g.p("%s = *value", index)
		}
	case pointer:
		g.p("%s = new(%s)", index, g.decode(ref, "schema"+name+".Value"))
	default:
		g.p("%s = %s", index, g.decode(ref, "schema"+name+".Value"))
	}
	g.p("}\nreturn v\n}\n")
}

// encodeElement writes one item or value, or the null of a sparse one.
func (g *generator) encodeElement(s *shape, ref reference, member, value string, pointer bool) {
	if s.Sparse {
		g.p("if %s == nil {\ne.Null(%s)\ncontinue\n}", value, member)
	}
	g.p("%s", g.encode(ref, member, value, pointer))
}
