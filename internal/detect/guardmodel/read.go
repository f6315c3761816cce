package guardmodel

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn/encoder"
)

// Window is what the model says of one window of a document.
type Window struct {
	Span   text.Span // the original's bytes that it read
	Scores Scores
}

// Reading is the windows of a document: those of its Clean view in order, then those of the views that say something else. A text
// without a token has none.
type Reading []Window

// Peak gives the highest score that any window has for any of some labels, and where; the first of equals. Without windows it is 0.
func (r Reading) Peak(of ...Label) (score float64, at text.Span) {
	for _, w := range r {
		for _, l := range of {
			if w.Scores[l] > score {
				score, at = w.Scores[l], w.Span
			}
		}
	}
	return score, at
}

// Read scores a document. The reading is kept with the document, so that every detector shares one pass. It ends with the error of ctx
// soon after that ends, and fails for a text longer than token.MaxText.
func (m *Model) Read(ctx context.Context, d *text.Document) (Reading, error) {
	return text.Derive(ctx, d, m, func() (Reading, error) { return m.read(ctx, d) })
}

func (m *Model) read(ctx context.Context, d *text.Document) (Reading, error) {
	rows, err := m.trunk.Read(ctx, d)
	if err != nil {
		return nil, err
	}
	reading := make(Reading, len(rows.Windows))
	mean := make([]float32, m.trunk.Hidden())
	err = m.tower.Run(ctx, rows, func(window int, rows encoder.Output, sequence int) {
		rows.Mean(mean, sequence)
		reading[window].Scores = m.score(mean)
	})
	if err != nil {
		return nil, fmt.Errorf("run guard model: %w", err)
	}
	for i, w := range rows.Windows {
		reading[i].Span = w.Span
	}
	return reading, nil
}

// score applies the heads to the mean of a window's rows.
func (m *Model) score(mean []float32) (s Scores) {
	for l := range labels {
		head, i := m.content, int(l)
		if i >= contentLabels {
			head, i = m.attack, i-contentLabels
		}
		s[l] = m.scale.maps[l].Probability(float64(head.Apply(mean, i)))
	}
	return s
}
