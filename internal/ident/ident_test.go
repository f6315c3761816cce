package ident

import (
	"regexp"
	"testing"
)

func TestForms(t *testing.T) {
	t.Parallel()
	lower := regexp.MustCompile(`^[a-z0-9]{12}$`)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for range 1000 {
		id, request := Lower(12), UUID()
		if !lower.MatchString(id) || !uuid.MatchString(request) {
			t.Fatalf("malformed: %q %q", id, request)
		}
		if seen[id] || seen[request] {
			t.Fatalf("given twice: %q %q", id, request)
		}
		seen[id], seen[request] = true, true
	}
}
