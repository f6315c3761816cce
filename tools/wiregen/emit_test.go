package main

import (
	"go/types"
	"maps"
	"testing"
	"testing/fstest"
)

// everything is a model of what botocore's format can say and the services at hand do not use together.
const everything = `{
 "metadata": {"protocol": "rest-xml", "endpointPrefix": "x", "xmlNamespace": {"uri": "urn:x"}},
 "operations": {
  "Put": {"name": "Put", "http": {"method": "PUT", "requestUri": "/{Key+}"}, "input": {"shape": "In"}, "output": {"shape": "Out"}},
  "None": {"name": "None", "http": {"method": "GET", "requestUri": "/"}}
 },
 "shapes": {
  "In": {"type": "structure", "required": ["Key"], "payload": "Body", "members": {
   "Key": {"shape": "Text", "location": "uri", "locationName": "Key"},
   "Host": {"shape": "Text", "hostLabel": true},
   "Token": {"shape": "Text", "idempotencyToken": true, "location": "header", "locationName": "x-token"},
   "Filter": {"shape": "Text", "location": "querystring", "locationName": "f"},
   "Rest": {"shape": "Texts", "location": "querystring"},
   "Meta": {"shape": "Texts", "location": "headers", "locationName": "x-meta-"},
   "Body": {"shape": "Bytes", "streaming": true}}},
  "Out": {"type": "structure", "members": {
   "Code": {"shape": "Number", "location": "statusCode"},
   "Schema": {"shape": "Text"},
   "Tree": {"shape": "Tree"},
   "Holes": {"shape": "Holes"},
   "HoleMap": {"shape": "HoleMap"},
   "HoleTrees": {"shape": "HoleTrees"},
   "Any": {"shape": "Any"},
   "Choice": {"shape": "Choice"},
   "When": {"shape": "When", "timestampFormat": "rfc822"},
   "Json": {"shape": "Text", "jsonvalue": true},
   "Flat": {"shape": "Grid", "flattened": true, "locationName": "flat"},
   "Events": {"shape": "Events"}}},
  "Tree": {"type": "structure", "members": {"Value": {"shape": "Text", "xmlAttribute": true}, "Children": {"shape": "Trees"}}},
  "Trees": {"type": "list", "member": {"shape": "Tree", "locationName": "child"}, "max": 3},
  "Holes": {"type": "list", "member": {"shape": "Number"}, "sparse": true},
  "HoleMap": {"type": "map", "key": {"shape": "Kind"}, "value": {"shape": "Text"}, "sparse": true},
  "HoleTrees": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Tree"}, "sparse": true},
  "Grid": {"type": "list", "member": {"shape": "Row"}},
  "Row": {"type": "list", "member": {"shape": "Number"}},
  "Texts": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
  "Any": {"type": "structure", "members": {}, "document": true},
  "Choice": {"type": "structure", "union": true, "members": {"a": {"shape": "Text"}, "b": {"shape": "Number"}}},
  "Events": {"type": "structure", "eventstream": true, "members": {"Part": {"shape": "Part"}, "Failed": {"shape": "Failed"}}},
  "Part": {"type": "structure", "event": true, "members": {"Bytes": {"shape": "Bytes", "eventpayload": true}}},
  "Failed": {"type": "structure", "exception": true, "error": {"httpStatusCode": 400}, "members": {"message": {"shape": "Text"}}},
  "Kind": {"type": "string", "enum": ["A_B", "a-b", "*", ""]},
  "Text": {"type": "string", "max": 5, "sensitive": true},
  "Number": {"type": "integer", "min": 1},
  "Bytes": {"type": "blob"},
  "When": {"type": "timestamp"}
 }
}`

func TestEverything(t *testing.T) {
	t.Parallel()
	m, err := parse([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	pkg := typecheck(t, m, "x", []string{"None", "Put"})
	out := pkg.Scope().Lookup("Out").Type().Underlying().(*types.Struct)
	got := map[string]string{}
	for field := range out.Fields() {
		got[field.Name()] = types.TypeString(field.Type(), func(p *types.Package) string { return p.Name() })
	}
	want := map[string]string{
		"Code": "*int32", "SchemaMember": "*string", "Tree": "*x.Tree", "Holes": "[]*int32", "HoleMap": "map[x.Kind]*string",
		"HoleTrees": "map[string]*x.Tree", "Any": "codec.Document", "Choice": "*x.Choice", "When": "*time.Time",
		"Json": "codec.Document", "Flat": "[][]int32",
	}
	for name, typ := range want {
		if got[name] != typ {
			t.Errorf("field %s is %s, want %s", name, got[name], typ)
		}
	}
	if len(got) != len(want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	for _, name := range []string{"KindAB", "KindABValue", "KindSymbol", "KindEmpty", "Put", "None"} {
		if pkg.Scope().Lookup(name) == nil {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	m, err := parse([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newGenerator(m, "x", []string{"Gone"}); err == nil {
		t.Error("an operation that the model lacks was served")
	}
	if _, err := operations("A\n# B\nA"); err == nil {
		t.Error("an operation was listed twice")
	}
	if _, err := parse([]byte(`{"shapes":{"A":{"type":"list","member":{"shape":"B"}}}}`)); err == nil {
		t.Error("a shape that refers to nothing was accepted")
	}
}

// TestAssembled: an operation is served where an API package that the app imports names it, and under whatever name it imports the shapes.
func TestAssembled(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := assembled(fstest.MapFS{
		"internal/app/app.go":        file("package app\nimport _ \"merlon.dev/merlon/internal/api/x\""),
		"internal/app/app_test.go":   file("package app\nimport _ \"merlon.dev/merlon/internal/api/y\""),
		"internal/api/x/put.go":      file("package x\nimport wire \"merlon.dev/merlon/internal/wire/x\"\nvar put = wire.Put"),
		"internal/api/x/get_test.go": file("package x\nimport wire \"merlon.dev/merlon/internal/wire/x\"\nvar get = wire.Get"),
		"internal/api/y/y.go":        file("package y\nimport \"merlon.dev/merlon/internal/wire/y\"\nvar None = y.None"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(got, handled{"x": {"Put": true}}, maps.Equal) {
		t.Errorf("got %v", got)
	}
}
