package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// writeService writes the service, its operations (served or not) and its exceptions.
func (g *generator) writeService() error {
	meta := g.Metadata
	f := fields{}
	f.text("Name", meta.EndpointPrefix)
	signing := meta.SigningName
	if signing == "" {
		signing = meta.EndpointPrefix
	}
	f.text("SigningName", signing)
	f.text("APIVersion", meta.APIVersion)
	f.text("TargetPrefix", meta.TargetPrefix)
	f.text("JSONVersion", meta.JSONVersion)
	f.text("XMLNamespace", meta.XMLNamespace.URI)
	f.text("Protocol", meta.Protocol)
	if meta.Protocol == "json" && meta.JSONVersion == "1.0" {
		f.text("ErrorNamespace", "com.amazonaws."+strings.ToLower(strings.ReplaceAll(meta.ServiceID, " ", "")))
	}
	if meta.QueryCompatible != nil {
		f.add("QueryCompatible", "true")
	}

	exceptions := g.exceptions()
	g.p("// Service is %s with all its operations, served or not.", meta.ServiceID)
	g.p("var Service = codec.NewService(codec.Service{%s, Exceptions: []*codec.Exception{", f.String())
	for _, name := range exceptions {
		g.p("%s,", exceptionVar(name))
	}
	g.p("}},")
	operations := slices.Sorted(maps.Keys(g.Operations))
	for _, name := range operations {
		if goName := g.names.ops[name]; goName != "" {
			g.p("%s,", goName)
			continue
		}
		g.p("&codec.Operation{%s},", g.operation(name))
	}
	g.p(")\n")
	g.p("// The operations that Merlon serves.")
	g.p("var (")
	for _, name := range operations {
		if goName := g.names.ops[name]; goName != "" {
			g.p("%s = &codec.Operation{%s}", goName, g.operation(name))
		}
	}
	g.p(")\n")
	if len(exceptions) == 0 {
		return nil
	}
	g.p("var (")
	for _, name := range exceptions {
		s := g.Shapes[name]
		f := fields{}
		code := s.Error.Code
		if code == "" || meta.Protocol == "json" {
			code = name
		}
		f.text("Code", code)
		f.add("Status", fmt.Sprint(status(s)))
		if status(s) < 500 {
			f.add("Sender", "true")
		}
		if slices.ContainsFunc(s.Members, func(m member) bool { return m.Name == "Message" }) {
			f.text("MessageName", "Message")
		}
		if s.Error.Code != code {
			f.text("QueryCode", s.Error.Code)
		}
		g.p("%s = &codec.Exception{%s}", exceptionVar(name), f.String())
	}
	g.p(")")
	return nil
}

// exceptions gives every exception that some operation may answer.
func (g *generator) exceptions() []string {
	seen := map[string]bool{}
	for _, op := range g.Operations {
		for _, ref := range op.Errors {
			seen[ref.Shape] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func exceptionVar(name string) string { return "error" + exported(name) }

// status is the modelled status of an exception; those without one are the caller's fault unless marked otherwise.
func status(s *shape) int {
	switch {
	case s.Error.HTTPStatusCode != 0:
		return s.Error.HTTPStatusCode
	case s.Fault:
		return 500
	}
	return 400
}

func (g *generator) operation(name string) string {
	op := g.Operations[name]
	f := fields{}
	f.add("Name", quote(name))
	f.add("Method", quote(op.HTTP.Method))
	f.add("URI", quote(op.HTTP.RequestURI))
	code := op.HTTP.ResponseCode
	if code == 0 {
		code = 200
	}
	f.add("Status", fmt.Sprint(code))
	if op.Output != nil {
		f.text("ResultWrapper", op.Output.ResultWrapper)
	}
	if g.names.ops[name] != "" {
		f.add("NewInput", g.constructor(op.Input))
		f.add("NewOutput", g.constructor(op.Output))
	}
	if len(op.Errors) > 0 {
		list := "[]*codec.Exception{"
		for _, ref := range op.Errors {
			list += exceptionVar(ref.Shape) + ", "
		}
		f.add("Errors", list+"}")
	}
	return f.String()
}

// constructor makes an input or output; operations without one get codec's empty shape.
func (g *generator) constructor(ref *reference) string {
	if ref == nil {
		return "codec.NewEmpty"
	}
	return "func() codec.Shape { return new(" + g.names.shapes[ref.Shape] + ") }"
}
