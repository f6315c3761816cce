package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = "merlon.dev/merlon/"

// goFile is one Go file of the module, with its path relative to the root.
type goFile struct {
	path      string // "internal/arn/arn.go"
	dir       string // "internal/arn"
	test      bool
	generated bool
	lines     int
	syntax    *ast.File
}

// imports lists the module's own packages that the file imports, relative to the root.
func (f goFile) imports() []string {
	var out []string
	for _, spec := range f.syntax.Imports {
		if path, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ok {
			out = append(out, path)
		}
	}
	return out
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree parses every Go file of the module.
func tree(t *testing.T) []goFile {
	t.Helper()
	top := root(t)
	fset := token.NewFileSet()
	var files []goFile
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != top && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "bin" || hasGoMod(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(fset, path, source, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		files = append(files, goFile{
			path: filepath.ToSlash(relative), dir: filepath.ToSlash(filepath.Dir(relative)),
			test: strings.HasSuffix(name, "_test.go"), generated: ast.IsGenerated(syntax),
			lines: strings.Count(string(source), "\n"), syntax: syntax,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("found %d Go files: the walk is broken", len(files))
	}
	return files
}

func hasGoMod(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
