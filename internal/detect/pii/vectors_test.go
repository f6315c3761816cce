package pii

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// leastVectors is how many must-find and how many must-not-find lines each type has at least.
const leastVectors = 30

// TestVectors runs testdata/TYPE.txt for every type. A line "+ text" must give exactly the spans in [[ ]] for the type, a line
// "- text" none of the type; both run with all types enabled. "\n" and "\t" stand for the characters; '#' begins a comment line.
func TestVectors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Type]bool{}
	detector, err := New(Types()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		typ, err := Parse(strings.TrimSuffix(filepath.Base(file), ".txt"))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		seen[typ] = true
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			alone, err := New(typ)
			if err != nil {
				t.Fatal(err)
			}
			must, mustNot := 0, 0
			for _, v := range readVectors(t, file) {
				if v.find {
					must++
				} else {
					mustNot++
				}
				for _, d := range []*Detector{detector, alone} {
					if got := reported(t, d, typ, v.text); got != v.want {
						t.Errorf("%s:%d:\n got %s\nwant %s", file, v.line, got, v.want)
						break
					}
				}
			}
			if must < leastVectors || mustNot < leastVectors {
				t.Errorf("%s: %d must-find and %d must-not-find lines, want %d of each", file, must, mustNot, leastVectors)
			}
		})
	}
	for _, e := range entities() {
		if !seen[e.typ] {
			t.Errorf("testdata/%s.txt is missing", e.typ)
		}
	}
}

// vector is one line of a vector file: the text without its marks, and with the marks as want.
type vector struct {
	line       int
	find       bool
	text, want string
}

func readVectors(t *testing.T, file string) []vector {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var vectors []vector
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		sign, rest, ok := strings.Cut(line, " ")
		if !ok || sign != "+" && sign != "-" {
			t.Fatalf("%s:%d: line begins with neither + nor -", file, n)
		}
		rest = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(rest)
		v := vector{line: n, find: sign == "+", want: rest, text: strings.NewReplacer("[[", "", "]]", "").Replace(rest)}
		if v.find != (v.text != v.want) {
			t.Fatalf("%s:%d: the sign and the marks disagree", file, n)
		}
		vectors = append(vectors, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return vectors
}

// reported gives the text with the findings of typ marked.
func reported(t *testing.T, d *Detector, typ Type, original string) string {
	t.Helper()
	var b strings.Builder
	at := 0
	for _, f := range detectIn(t, d, original) {
		if f.Type != string(typ) {
			continue
		}
		fmt.Fprintf(&b, "%s[[%s]]", original[at:f.Span.Start], original[f.Span.Start:f.Span.End])
		at = f.Span.End
	}
	return b.String() + original[at:]
}

func detectIn(t testing.TB, d *Detector, original string) []detect.Finding {
	t.Helper()
	findings, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New(original)}})
	if err != nil {
		t.Fatal(err)
	}
	return findings
}
