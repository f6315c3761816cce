package name

import (
	"slices"
	"testing"

	"merlon.dev/merlon/internal/detect/trunk"
)

// TestWindowsJoinInTheMiddle gives windows whose shared tokens are labelled differently.
func TestWindowsJoinInTheMiddle(t *testing.T) {
	t.Parallel()
	window := func(from, to int, mark float64) (trunk.Window, []logits) {
		w := trunk.Window{Start: []int32{0}, End: []int32{0}}
		for i := from; i < to; i++ {
			w.Start, w.End = append(w.Start, int32(2*i)), append(w.End, int32(2*i+2))
		}
		w.Start, w.End = append(w.Start, 0), append(w.End, 0)
		labelled := make([]logits, len(w.Start))
		for i := range labelled {
			labelled[i][0] = mark
		}
		return w, labelled
	}
	var s sequence
	s.join(window(0, 10, 1))
	s.join(window(6, 16, 2))
	s.join(window(16, 18, 3))
	var marks []float64
	for i, l := range s.logits {
		marks = append(marks, l[0])
		if int(s.start[i]) != 2*i || int(s.end[i]) != 2*i+2 {
			t.Errorf("token %d is bytes %d to %d", i, s.start[i], s.end[i])
		}
	}
	if want := []float64{1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3}; !slices.Equal(marks, want) {
		t.Errorf("got %v, want %v", marks, want)
	}
}
