package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackageComments wants one sentence on what a package is, on exactly one of its files.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		comments[f.dir] += 0
		if text := f.syntax.Doc.Text(); text != "" && !f.generated {
			want := "Package " + f.syntax.Name.Name + " "
			if f.syntax.Name.Name == "main" {
				want = "Command "
			}
			if !strings.HasPrefix(text, want) {
				t.Errorf("%s: the package comment does not begin with %q", f.path, want)
			}
			comments[f.dir]++
		}
		if text := f.syntax.Doc.Text(); text != "" && f.generated {
			comments[f.dir]++
		}
	}
	for dir, n := range comments {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", dir, n)
		}
	}
}

// TestFileSizes keeps files readable: about 120 lines, split at 300, never over 500.
func TestFileSizes(t *testing.T) {
	t.Parallel()
	for _, f := range tree(t) {
		if f.lines > 500 && !f.generated {
			t.Errorf("%s has %d lines; split it by what changes together", f.path, f.lines)
		}
	}
}

// TestPackageNames refuses names that say nothing.
func TestPackageNames(t *testing.T) {
	t.Parallel()
	banned := map[string]bool{"util": true, "utils": true, "common": true, "helpers": true, "misc": true, "shared": true, "base": true, "types": true, "models": true}
	for _, f := range tree(t) {
		if banned[f.syntax.Name.Name] {
			t.Errorf("%s: a package called %s says nothing about itself", f.path, f.syntax.Name.Name)
		}
	}
}

// TestNoInit refuses work that runs because a package is imported.
func TestNoInit(t *testing.T) {
	t.Parallel()
	for _, f := range tree(t) {
		for name := range f.syntax.Scope.Objects {
			if name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
	}
}

// named finds paths of the repository in backquotes.
var named = regexp.MustCompile("`((?:internal|cmd|docs|tools|test|models|train|deploy|console|changelog)/[A-Za-z0-9_./-]*)`")

// TestDocumentsNameRealPaths checks that what the documents point at exists.
func TestDocumentsNameRealPaths(t *testing.T) {
	t.Parallel()
	top := root(t)
	documents, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		documents = append(documents, filepath.Join(top, name))
	}
	checked := 0
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			checked++
			if _, err := os.Stat(filepath.Join(top, m[1])); err != nil {
				t.Errorf("%s names %s, which does not exist", filepath.Base(document), m[1])
			}
		}
	}
	if checked < 10 {
		t.Errorf("checked %d paths: the documents or the pattern are broken", checked)
	}
}
