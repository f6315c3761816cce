package name

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect/pii"
)

func TestTrim(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string // the span in [ ], what is left of it in { }
		typ  pii.Type
	}{
		{"he is [{27},] and", pii.Age},
		{"Ana [({44})] left", pii.Age},
		{"[{Bogdan I.}] is here", pii.Name},
		{"ask [{Bogdan}.] Now", pii.Name},
		{"[{J. K.}]", pii.Name},
		{"at [{5 Dock Lane (rear)}]", pii.Address},
		{"at [{5 Dock Lane}).]", pii.Address},
		{"mail [@{owl_77}:] hi", pii.Username},
		{"[\"{민수}”]는", pii.Name},
		{"pw [{a!\"}]", pii.Password},
		{"[.,;{}]", pii.Name},
	} {
		plain := strings.NewReplacer("[", "", "]", "", "{", "", "}", "").Replace(c.text)
		at := func(mark string) int {
			return len(strings.NewReplacer("[", "", "]", "", "{", "", "}", "").Replace(c.text[:strings.Index(c.text, mark)]))
		}
		start, end := trim(plain, at("["), at("]"), c.typ)
		if wantStart, wantEnd := at("{"), at("}"); end > start && start != wantStart || plain[start:end] != plain[wantStart:wantEnd] {
			t.Errorf("%s: got %q, want %q", c.text, plain[start:end], plain[wantStart:wantEnd])
		}
	}
}
