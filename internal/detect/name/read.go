package name

import (
	"context"
	"fmt"
	"slices"

	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
)

// Read gives the values that the model sees in a document's Clean view, in text order. The reading is kept with the document. It ends with
// the error of ctx soon after that ends, and fails for a text longer than token.MaxText. A text whose case jumps within most words is
// read by the trunk in one case only, under a view of its own: in that, the model sees nothing.
func (m *Model) Read(ctx context.Context, d *text.Document) ([]pii.Sighting, error) {
	return text.Derive(ctx, d, m, func() ([]pii.Sighting, error) { return m.read(ctx, d) })
}

func (m *Model) read(ctx context.Context, d *text.Document) ([]pii.Sighting, error) {
	s, err := m.sequence(ctx, d)
	if err != nil {
		return nil, err
	}
	return m.sightings(d.Clean().Text, &s), nil
}

// sequence labels a document's Clean view.
func (m *Model) sequence(ctx context.Context, d *text.Document) (s sequence, err error) {
	reading, err := m.trunk.Read(ctx, d)
	if err != nil {
		return s, err
	}
	clean := d.Clean()
	err = m.tower.Run(ctx, reading, func(window int, rows encoder.Output, i int) {
		if w := reading.Windows[window]; w.View == clean {
			s.join(w, m.label(rows.Sequence(i)))
		}
	})
	if err != nil {
		return s, fmt.Errorf("run name model: %w", err)
	}
	return s, nil
}

// label gives the logits of each row.
func (m *Model) label(rows nn.Matrix) []logits {
	out := make([]logits, rows.Rows)
	for i := range out {
		for c := range classes {
			out[i][c] = float64(m.head.Apply(rows.Row(i), c))
		}
	}
	return out
}

// sequence is the tokens of a text, in order, with what the model says of each.
type sequence struct {
	start, end []int32
	logits     []logits
}

// join adds a window's tokens without those of the frame. Of tokens that two windows share, the first half is taken from the first and
// the second half from the second, so that each is read with text on both sides.
func (s *sequence) join(w trunk.Window, labelled []logits) {
	from, to := 0, len(w.End)
	for from < to && w.End[from] == 0 {
		from++
	}
	for to > from && w.End[to-1] == 0 {
		to--
	}
	start, end := w.Start[from:to], w.End[from:to]
	shared := 0
	if len(start) > 0 {
		at, _ := slices.BinarySearch(s.start, start[0])
		for at < len(s.start) && (len(s.start)-at > len(start) || !slices.Equal(s.start[at:], start[:len(s.start)-at])) {
			at++
		}
		shared = len(s.start) - at
	}
	keep := len(s.start) - shared + shared/2
	s.start = append(s.start[:keep], start[shared/2:]...)
	s.end = append(s.end[:keep], end[shared/2:]...)
	s.logits = append(s.logits[:keep], labelled[from+shared/2:to]...)
}

// sightings gives the values of a text.
func (m *Model) sightings(text string, s *sequence) (found []pii.Sighting) {
	path := decode(s.logits, m.scale.lean)
	for t := 0; t < len(path); {
		if path[t] == outside {
			t++
			continue
		}
		label, first := labelOf(path[t]), t
		for t++; t < len(path) && path[t] == inside(label); t++ {
		}
		score := m.scale.probability(label, certainty(s.logits[first:t], label))
		start, end := trim(text, int(s.start[first]), int(s.end[t-1]), labels[label])
		if start < end && score >= m.scale.least[label] {
			found = append(found, pii.Sighting{Start: start, End: end, Type: labels[label], Score: score})
		}
	}
	return found
}
