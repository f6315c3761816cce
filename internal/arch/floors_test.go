package arch

import (
	"strings"
	"testing"
)

// floors is the table of docs/architecture.md: a package imports lower floors or its own prefix. A longer path wins over a shorter one.
// To change it, write an ADR.
var floors = map[string]int{
	"cmd":                    7,
	"test":                   7,
	"tools":                  7,
	"train":                  7,
	"internal/arch":          7,
	"internal/app":           6,
	"internal/gateway":       5,
	"internal/api":           5,
	"internal/console":       5,
	"internal/store":         5,
	"internal/blob":          5,
	"internal/sandbox":       5,
	"internal/provider":      5,
	"internal/eval":          4,
	"internal/inference":     4,
	"internal/training":      4,
	"internal/guardrail":     3,
	"internal/customization": 3,
	"internal/model":         3,
	"internal/iam":           3,
	"internal/kms":           3,
	"internal/object":        3,
	"internal/event":         3,
	"internal/audit":         3,
	"internal/telemetry":     3,
	"internal/discovery":     3,
	"internal/wire":          2,
	"internal/operation":     2,
	"internal/detect":        2,
	"internal/nn":            1,
	"internal/policy":        1,
	"internal/sigv4":         1,
	"internal/rate":          1,
	"internal/pagination":    1,
	"internal/codec":         1,
	"internal/envelope":      1,
	"internal/chattemplate":  1,
	"internal/config":        1,
	"internal/arn":           0,
	"internal/ident":         0,
	"internal/fault":         0,
	"internal/secret":        0,
	"models":                 0,
}

// floor gives the room of a package, its entry in the table, and the floor; ok is false for a package that the table does not know.
func floor(dir string) (room string, level int, ok bool) {
	for name, n := range floors {
		if (dir == name || strings.HasPrefix(dir, name+"/")) && len(name) > len(room) {
			room, level, ok = name, n, true
		}
	}
	return room, level, ok
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, f := range tree(t) {
		room, level, ok := floor(f.dir)
		if !ok {
			t.Errorf("%s: no floor for package %s; add it to the table and to docs/architecture.md", f.path, f.dir)
			continue
		}
		for _, path := range f.imports() {
			to, below, ok := floor(path)
			checked++
			switch {
			case !ok:
				t.Errorf("%s imports %s, which has no floor", f.path, path)
			case isTestHelper(path) && !f.test && !isTestHelper(f.dir):
				t.Errorf("%s imports the test helper %s outside a test", f.path, path)
			case f.test && level < 7:
				// A test may use parts of any floor to stand its subject up, and their helpers, but see TestWireStaysAtTheEdge.
			case to != room && below >= level:
				t.Errorf("%s (floor %d) imports %s (floor %d): imports point down; let the consumer declare a small interface", f.path, level, path, below)
			}
		}
	}
	if checked < 50 {
		t.Errorf("checked %d imports: the walk is broken", checked)
	}
}

// TestWireStaysAtTheEdge keeps the wire's types out of the domains.
func TestWireStaysAtTheEdge(t *testing.T) {
	t.Parallel()
	for _, f := range tree(t) {
		for _, path := range f.imports() {
			if !strings.HasPrefix(path, "internal/wire/") || strings.HasPrefix(f.dir, "internal/wire/") || strings.HasPrefix(f.dir, "internal/api/") ||
				strings.HasPrefix(f.dir, "internal/gateway") || strings.HasPrefix(f.dir, "internal/codec/") && f.test || strings.HasPrefix(f.dir, "test/") || strings.HasPrefix(f.dir, "tools/") {
				continue
			}
			t.Errorf("%s imports %s: wire types are for api and gateway alone", f.path, path)
		}
	}
}

func isTestHelper(dir string) bool {
	name := dir[strings.LastIndex(dir, "/")+1:]
	return strings.HasSuffix(name, "test")
}
