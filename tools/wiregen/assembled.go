package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

const (
	appFolder  = "internal/app"
	apiImport  = "merlon.dev/merlon/internal/api/"
	wireImport = "merlon.dev/merlon/internal/wire/"
)

// handled is the operations that somebody answers: by the package of their shapes, then by their Go name.
type handled map[string]map[string]bool

// assembled reads from the module's source what the server answers: every operation that an API package names which internal/app
// imports. An operation that is only generated is not among them; one that is named and incomplete stops the server's start.
func assembled(module fs.FS) (handled, error) {
	found := handled{}
	app, err := sources(module, appFolder)
	if err != nil {
		return nil, err
	}
	for _, file := range app {
		for _, spec := range file.Imports {
			service, ok := strings.CutPrefix(importPath(spec), apiImport)
			if !ok {
				continue
			}
			api, err := sources(module, "internal/api/"+service)
			if err != nil {
				return nil, err
			}
			for _, file := range api {
				found.add(file)
			}
		}
	}
	return found, nil
}

// sources parses the files of a package that are not tests.
func sources(module fs.FS, folder string) ([]*ast.File, error) {
	names, err := fs.Glob(module, folder+"/*.go")
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := fs.ReadFile(module, name)
		if err != nil {
			return nil, fmt.Errorf("read source: %w", err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse source: %w", err)
		}
		files = append(files, file)
	}
	return files, nil
}

func importPath(spec *ast.ImportSpec) string {
	// The parser has read the literal, so that it is one.
	text, _ := strconv.Unquote(spec.Path.Value)
	return text
}

// add notes what a file names of packages under internal/wire.
func (h handled) add(file *ast.File) {
	packages := map[string]string{} // by the name that the file has for them
	for _, spec := range file.Imports {
		pkg, ok := strings.CutPrefix(importPath(spec), wireImport)
		if !ok {
			continue
		}
		name := path.Base(pkg)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = pkg
		if h[pkg] == nil {
			h[pkg] = map[string]bool{}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && packages[x.Name] != "" {
				h[packages[x.Name]][s.Sel.Name] = true
			}
		}
		return true
	})
}
