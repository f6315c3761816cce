package calibration

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		ok   bool
	}{
		"as the recipe writes it": {`{"a": 0.5, "b": -1, "rows": 9, "positives": 4}`, true},
		"a member not known":      {`{"a": 0.5, "b": -1, "c": 2}`, false},
		"text after the object":   {`{"a": 0.5, "b": -1}{}`, false},
		"a number out of range":   {`{"a": 1e999, "b": -1}`, false},
		"no object":               {``, false},
	} {
		var f Fit
		if err := Read(fstest.MapFS{File: {Data: []byte(tt.text)}}, &f); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
		if want := (Fit{Map{.5, -1}, 9, 4}); tt.ok && f != want {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if err := Read(fstest.MapFS{}, &Fit{}); err == nil {
		t.Error("a folder without the file passes")
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	for _, m := range []Map{{0, 1}, {-1, 0}, {math.NaN(), 0}, {math.Inf(1), 0}, {1, math.Inf(-1)}} {
		if m.Check() == nil {
			t.Errorf("%+v passes", m)
		}
	}
	m := Map{2, -1}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if p := m.Probability(.5); p != .5 {
		t.Errorf("%v where both are as likely", p)
	}
	if least, most := m.Probability(-1e4), m.Probability(1e4); least != 0 || most != 1 {
		t.Errorf("%v and %v far out", least, most)
	}
}
