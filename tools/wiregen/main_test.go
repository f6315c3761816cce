package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestCommitted compares every generated file with what is committed, and refuses generated files that nothing generates.
func TestCommitted(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Errorf("%v: run go generate ./tools/wiregen", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the models say: run go generate ./tools/wiregen", path)
		}
	}
	committed, err := filepath.Glob(filepath.Join(root, "internal", "wire", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range committed {
		short, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		if files[filepath.ToSlash(short)] == nil {
			t.Errorf("%s is not generated from anything", short)
		}
	}
}

// TestEveryModel generates all operations of every model beside the project and type-checks the result.
func TestEveryModel(t *testing.T) {
	t.Parallel()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	models, err := filepath.Glob(filepath.Join(root, "..", "shared", "models", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	models = slices.DeleteFunc(models, func(path string) bool { return strings.Count(filepath.Base(path), ".") > 1 })
	if len(models) == 0 {
		t.Skip("no models in ../shared/models")
	}
	for _, path := range models {
		service := strings.TrimSuffix(filepath.Base(path), ".json")
		t.Run(service, func(t *testing.T) {
			if testing.Short() && service == "ec2" {
				t.Skip("ec2 takes seconds")
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			m, err := parse(data)
			if err != nil {
				t.Fatal(err)
			}
			typecheck(t, m, service, slices.Sorted(maps.Keys(m.Operations)))
		})
	}
	if len(models) != 16 {
		t.Errorf("ran %d models, want 16", len(models))
	}
}

// packages are those that generated code may import, type-checked once for all tests.
type packages map[string]*types.Package

func (p packages) Import(path string) (*types.Package, error) {
	if pkg := p[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("generated code imports %s", path)
}

var imported = sync.OnceValues(func() (packages, error) {
	source, known := importer.ForCompiler(token.NewFileSet(), "source", nil), packages{}
	for _, path := range []string{"io", "time", "merlon.dev/merlon/internal/codec"} {
		pkg, err := source.Import(path)
		if err != nil {
			return nil, err
		}
		known[path] = pkg
	}
	return known, nil
})

// typecheck generates a service and gives its package.
func typecheck(t *testing.T, m *model, service string, served []string) *types.Package {
	t.Helper()
	g, err := newGenerator(m, service, served)
	if err != nil {
		t.Fatal(err)
	}
	files, err := g.files()
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var parsed []*ast.File
	for name, source := range files {
		file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	known, err := imported()
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: known, GoVersion: "go1.26"}
	pkg, err := config.Check(service, set, parsed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
