package name

import (
	"context"

	"merlon.dev/merlon/internal/detect/text"
)

// Logits gives those of each token of a document, for tests.
func (m *Model) Logits(ctx context.Context, d *text.Document) (out [][]float64, err error) {
	s, err := m.sequence(ctx, d)
	for i := range s.logits {
		out = append(out, s.logits[i][:])
	}
	return out, err
}
