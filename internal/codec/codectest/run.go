package codectest

import "testing"

// Run runs the vectors that are not skipped, each as a test of its own, and fails where they are not as many as wanted or a
// skipped name is unknown. skip gives the reason by the vector's ID.
func Run(t *testing.T, list []*Vector, skip map[string]string, want int, check func(*testing.T, *Vector)) {
	t.Helper()
	known := map[string]bool{}
	ran := 0
	for _, v := range list {
		known[v.ID] = true
		if _, ok := skip[v.ID]; ok {
			continue
		}
		ran++
		t.Run(v.ID, func(t *testing.T) { check(t, v) })
	}
	for id := range skip {
		if !known[id] {
			t.Errorf("skipped vector %s does not exist", id)
		}
	}
	if ran != want {
		t.Errorf("ran %d vectors, want %d", ran, want)
	}
}
