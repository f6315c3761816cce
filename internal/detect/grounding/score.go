package grounding

import (
	"context"
	"math"
	"slices"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/nn"
)

// Score says how far the sources, judged together, support the responses, which count as one: in [0, 1]. The queries say what is talked
// about. A response without a word claims nothing, and is supported. It ends with the error of ctx soon after that ends.
func (m *Model) Score(ctx context.Context, in detect.Input) (float64, error) {
	source, err := m.pairs.Documents(ctx, in.Sources...)
	if err != nil {
		return 0, err
	}
	var query *pair.Passage
	if len(in.Queries) > 0 {
		if query, err = m.pairs.Documents(ctx, in.Queries...); err != nil {
			return 0, err
		}
	}
	var best supports
	r := m.pairs.Against(source, query, func(part nn.Matrix, claims []pair.Claim) {
		held := m.compare.evidence(part)
		for _, c := range claims {
			best.add(c.Piece, m.head.Logit(c.Rows, c.Counted)+m.compare.doubt(held, c.Below, c.Marks))
		}
	})
	for _, d := range in.Blocks {
		response, err := m.pairs.Documents(ctx, d)
		if err != nil {
			return 0, err
		}
		if err := r.Lay(ctx, response); err != nil {
			return 0, err
		}
	}
	if err := r.Flush(ctx); err != nil {
		return 0, err
	}
	return m.scale.Probability(best.least(r.Pieces())), nil
}

// supports is the logit of each piece of the responses, by the part of the source that supports it best.
type supports []float32

func (s *supports) add(piece int, logit float32) {
	for len(*s) <= piece {
		*s = append(*s, float32(math.Inf(-1)))
	}
	(*s)[piece] = max((*s)[piece], logit)
}

// least is that of the piece, of so many, that is supported least: none of a source without a word, and all where there is no piece.
func (s supports) least(pieces int) float64 {
	switch {
	case pieces == 0:
		return math.Inf(1)
	case len(s) < pieces:
		return math.Inf(-1)
	default:
		return float64(slices.Min(s))
	}
}
