package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// writeSchemas writes one variable for each shape. A member of a structure type refers to it by a function, since Go refuses
// variables that refer to each other in a circle.
func (g *generator) writeSchemas() error {
	var failed error
	g.each(func(*shape) bool { return true }, func(name string, s *shape) {
		body, err := g.schema(s)
		if err != nil && failed == nil {
			failed = fmt.Errorf("shape %s: %w", s.name, err)
		}
		g.p("var schema%s = codec.Schema{%s}", name, body)
		g.p("")
	})
	return failed
}

func (g *generator) schema(s *shape) (string, error) {
	f := fields{}
	f.add("Name", quote(s.name))
	f.add("Type", "codec."+schemaType(s))
	if s.hasLength() && (s.Type == "string" || s.Type == "blob" || s.Type == "list" || s.Type == "map") {
		low, high := int64(0), int64(-1)
		if s.Min != nil {
			low = int64(*s.Min)
		}
		if s.Max != nil {
			high = int64(*s.Max)
		}
		f.add("Length", fmt.Sprintf("&codec.Length{Min: %d, Max: %s}", low, unbounded(high)))
	}
	switch s.Type {
	case "integer", "long", "float", "double":
		if s.Min != nil || s.Max != nil {
			f.add("Range", bounds(s))
		}
	}
	if s.Pattern != "" {
		p, err := translate(s.Pattern)
		if err != nil {
			return "", err
		}
		pf := fields{}
		pf.add("Source", quote(s.Pattern))
		pf.add("Match", quote(p.match))
		pf.text("Ahead", p.ahead)
		pf.text("Never", p.never)
		f.add("Pattern", "&codec.Pattern{"+pf.String()+"}")
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = quote(v)
		}
		f.add("Enum", "[]string{"+strings.Join(values, ", ")+"}")
	}
	f.text("XMLName", s.LocationName)
	f.text("XMLNamespace", s.XMLNamespace.URI)
	f.text("XMLPrefix", s.XMLNamespace.Prefix)
	f.traits(g.shapeTraits(s))
	if s.structure() && len(s.Members) > 0 {
		var b strings.Builder
		for i, m := range s.Members {
			b.WriteString("\n{" + g.member(s, i, m) + "},")
		}
		f.add("Members", "[]codec.Member{"+b.String()+"\n}")
	}
	if s.Member != nil {
		f.add("Item", g.part("member", *s.Member))
	}
	if s.Key != nil {
		f.add("Key", g.part("key", *s.Key))
		f.add("Value", g.part("value", *s.Value))
	}
	return f.String(), nil
}

// part describes the item of a list, or the key or value of a map.
func (g *generator) part(name string, ref reference) string {
	traits := append(g.useTraits(ref), "Element")
	return "&codec.Member{" + g.use(name, 0, ref, "", traits) + "}"
}

func (g *generator) member(s *shape, index int, m member) string {
	traits := g.useTraits(m.reference)
	if s.requires(m.Name) {
		traits = append(traits, "Required")
	}
	location := ""
	switch m.Location {
	case "uri":
		location = "Label"
	case "querystring":
		location = "Query"
		if g.Shapes[m.Shape].Type == "map" {
			location = "Queries"
		}
	case "header":
		location = "Header"
	case "headers":
		location = "Headers"
	case "statusCode":
		location = "StatusCode"
	}
	if m.EventHeader {
		location = "Header"
	}
	if s.Payload == m.Name || m.EventPayload || (g.stream(m) && !s.EventStream) {
		location = "Payload"
	}
	return g.use(m.Name, index, m.reference, location, traits)
}

// use describes one use of a shape.
func (g *generator) use(name string, index int, ref reference, location string, traits []string) string {
	target := g.Shapes[ref.Shape]
	f := fields{}
	f.add("Name", quote(name))
	wire := ref.LocationName
	if wire == "" && ref.Location != "headers" {
		wire = name
	}
	f.add("Wire", quote(wire))
	if index > 0 {
		f.add("Index", strconv.Itoa(index))
	}
	if target.structure() {
		f.add("New", "func() codec.Shape { return new("+g.names.shapes[ref.Shape]+") }")
	} else {
		f.add("Target", "&schema"+g.names.shapes[ref.Shape])
	}
	if location != "" {
		f.add("Location", "codec."+location)
	}
	format := ref.TimestampFormat
	if format == "" {
		format = target.TimestampFormat
	}
	if target.Type == "timestamp" && format != "" {
		f.add("Time", "codec."+map[string]string{"iso8601": "ISO8601", "unixTimestamp": "Epoch", "rfc822": "HTTPDate"}[format])
	}
	f.traits(traits)
	f.text("QueryName", ref.QueryName)
	f.text("XMLNamespace", ref.XMLNamespace.URI)
	f.text("XMLPrefix", ref.XMLNamespace.Prefix)
	return f.String()
}

func (g *generator) useTraits(ref reference) []string {
	s := g.Shapes[ref.Shape]
	return chosen(
		s.Sensitive, "Sensitive", ref.Flattened || s.Flattened, "Flattened", ref.Streaming, "Streaming", s.EventStream, "EventStream",
		ref.IdempotencyToken, "IdempotencyToken",
		ref.HostLabel, "HostLabel", ref.JSONValue, "JSONValue", ref.XMLAttribute, "XMLAttribute", ref.Deprecated, "Deprecated",
	)
}

func (g *generator) shapeTraits(s *shape) []string {
	bound := s.Payload != ""
	for _, m := range s.Members {
		bound = bound || m.Location != "" || m.EventHeader || m.EventPayload || (g.stream(m) && !s.EventStream)
	}
	return chosen(
		s.Sensitive, "Sensitive", s.Union, "Union", s.Sparse, "Sparse", s.Flattened, "Flattened", s.EventStream, "EventStream",
		s.Event, "Event", s.Exception, "Error", bound, "Bound", s.Deprecated, "Deprecated",
	)
}

// chosen gives the names whose condition, the argument before each, holds.
func chosen(pairs ...any) []string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i].(bool) {
			out = append(out, pairs[i+1].(string))
		}
	}
	return out
}

func schemaType(s *shape) string {
	if s.Document {
		return "AnyDocument"
	}
	return strings.ToUpper(s.Type[:1]) + s.Type[1:]
}

func unbounded(v int64) string {
	if v < 0 {
		return "codec.Unbounded"
	}
	return strconv.FormatInt(v, 10)
}

func bounds(s *shape) string {
	f := fields{}
	if s.Min != nil {
		f.add("Min", decimal(*s.Min))
	} else {
		f.add("NoMin", "true")
	}
	if s.Max != nil {
		f.add("Max", decimal(*s.Max))
	} else {
		f.add("NoMax", "true")
	}
	return "&codec.Range{" + f.String() + "}"
}

func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

func quote(s string) string {
	if strings.ContainsAny(s, "\\\"") && !strings.Contains(s, "`") && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// fields collects the fields of a composite literal.
type fields struct{ list []string }

func (f *fields) add(name, value string) { f.list = append(f.list, name+": "+value) }

func (f *fields) text(name, value string) {
	if value != "" {
		f.add(name, quote(value))
	}
}

func (f *fields) traits(traits []string) {
	if len(traits) > 0 {
		f.add("Traits", "codec."+strings.Join(traits, " | codec."))
	}
}

func (f *fields) String() string { return strings.Join(f.list, ", ") }
