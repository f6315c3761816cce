package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/grounding"
)

// GroundingFactories gives the family that scores support by a source and relevance to a query. One detector serves every guardrail: filters
// and thresholds do not change what is scored.
func GroundingFactories(g *grounding.Model, r *grounding.RelevanceModel) Factories {
	d := grounding.NewDetector(g, r)
	return Factories{detect.Grounding: func(Wanted) ([]detect.Detector, error) { return one(d, nil) }}
}
