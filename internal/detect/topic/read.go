package topic

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
)

// unit is a stretch of a document and its vector.
type unit struct {
	span   text.Span // in the original
	vector []float32
}

// window is the units of a window: the whole of it and then, where it has several, its sentences.
type window struct {
	view  *text.View
	units []unit
}

// read takes a document through the tower. The reading is kept with the document, so that detectors share one pass. A text without a
// token has no windows.
func (m *Model) read(ctx context.Context, d *text.Document) ([]window, error) {
	return text.Derive(ctx, d, m, func() ([]window, error) {
		rows, err := m.tower.Read(ctx, d)
		if err != nil {
			return nil, fmt.Errorf("run topic model: %w", err)
		}
		windows := make([]window, len(rows.Windows))
		rows.Each(func(i int, out encoder.Output, sequence int) {
			windows[i] = m.units(rows.Windows[i], out, sequence)
		})
		return windows, nil
	})
}

func (m *Model) units(w trunk.Window, out encoder.Output, sequence int) window {
	mean := make([]float32, m.trunk.Hidden())
	out.Mean(mean, sequence)
	m.head.unit(mean)
	units := []unit{{w.Span, mean}}
	first, end := bounds(w)
	if first >= end {
		return window{w.View, units}
	}
	all := sentences(w.View.Text[first:end])
	if len(all) < 2 {
		return window{w.View, units}
	}
	rows := out.Sequence(sequence)
	for _, s := range all {
		from, to := first+s[0], first+s[1]
		if v := m.sentence(w, rows, from, to); v != nil {
			units = append(units, unit{w.View.Source(from, to), v})
		}
	}
	return window{w.View, units}
}

// sentence averages the rows of the tokens that begin in bytes [from, to) of the view; nil where none does.
func (m *Model) sentence(w trunk.Window, rows nn.Matrix, from, to int) []float32 {
	sum, n := make([]float32, m.trunk.Hidden()), 0
	for i, start := range w.Start {
		if w.End[i] <= start || int(start) < from || int(start) >= to {
			continue
		}
		for k, v := range rows.Row(i) {
			sum[k] += v
		}
		n++
	}
	if n == 0 {
		return nil
	}
	for k := range sum {
		sum[k] /= float32(n)
	}
	m.head.unit(sum)
	return sum
}

// bounds gives the bytes of its view that a window's tokens stand for.
func bounds(w trunk.Window) (first, end int) {
	first = len(w.View.Text)
	for i, start := range w.Start {
		if w.End[i] > start {
			first, end = min(first, int(start)), max(end, int(w.End[i]))
		}
	}
	return first, end
}

// vector is the vector of a text as a whole: that of its window, or the mean of those of a long one's. It is nil for a text without a
// token. Other readings of the text, for disguises, do not count.
func (m *Model) vector(ctx context.Context, d *text.Document) ([]float32, error) {
	windows, err := m.read(ctx, d)
	if err != nil || len(windows) == 0 {
		return nil, err
	}
	sum := make([]float32, m.trunk.Hidden())
	for _, w := range windows {
		if w.view == windows[0].view {
			for k, v := range w.units[0].vector {
				sum[k] += v
			}
		}
	}
	normalise(sum)
	return sum, nil
}
