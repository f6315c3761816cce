package grounding

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/detect"
)

// The types of findings.
const (
	Grounding = "GROUNDING"
	Relevance = "RELEVANCE"
)

// Detector reports both scores as findings. It is immutable and safe for concurrent use.
type Detector struct {
	grounding *Model
	relevance *RelevanceModel
}

// NewDetector makes the detector of two models on one trunk.
func NewDetector(g *Model, r *RelevanceModel) *Detector { return &Detector{g, r} }

// Family is detect.Grounding.
func (d *Detector) Family() detect.Family { return detect.Grounding }

// Detect gives two findings about all blocks together: how far the sources support them and how far they answer the queries. An input
// that lacks sources, queries or blocks gives none.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	if len(in.Sources) == 0 || len(in.Queries) == 0 || len(in.Blocks) == 0 {
		return nil, ctx.Err()
	}
	grounded, err := d.grounding.Score(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("score grounding: %w", err)
	}
	relevant, err := d.relevance.Score(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("score relevance: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return []detect.Finding{
		{Family: detect.Grounding, Type: Grounding, Block: -1, Score: grounded},
		{Family: detect.Grounding, Type: Relevance, Block: -1, Score: relevant},
	}, nil
}
