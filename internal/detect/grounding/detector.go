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

// Detector reports scores as findings. It is immutable and safe for concurrent use.
type Detector struct {
	grounding *Model          // nil where its score is not wanted
	relevance *RelevanceModel // nil where its score is not wanted
}

// NewDetector makes a detector of two models on one trunk. One that is nil is not asked.
func NewDetector(g *Model, r *RelevanceModel) *Detector { return &Detector{g, r} }

// Family is detect.Grounding.
func (d *Detector) Family() detect.Family { return detect.Grounding }

// Detect gives a finding for each score, about all blocks together: how far the sources support them and how far they answer the queries. An
// input that lacks sources, queries or blocks gives none.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	if len(in.Sources) == 0 || len(in.Queries) == 0 || len(in.Blocks) == 0 {
		return nil, ctx.Err()
	}
	var found []detect.Finding
	if d.grounding != nil {
		score, err := d.grounding.Score(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("score grounding: %w", err)
		}
		found = append(found, detect.Finding{Family: detect.Grounding, Type: Grounding, Block: -1, Score: score})
	}
	if d.relevance != nil {
		score, err := d.relevance.Score(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("score relevance: %w", err)
		}
		found = append(found, detect.Finding{Family: detect.Grounding, Type: Relevance, Block: -1, Score: score})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return found, nil
}
