package evaluate

import (
	"slices"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/guardrail"
)

// GroundingFactories gives the family that scores support by a source and relevance to a query. A score that no filter asks for is not made;
// thresholds do not change one.
func GroundingFactories(g *grounding.Model, r *grounding.RelevanceModel) Factories {
	return Factories{
		detect.Grounding: func(w Wanted) ([]detect.Detector, error) {
			supported, relevant := g, r
			if !slices.Contains(w.Grounding, guardrail.Grounded) {
				supported = nil
			}
			if !slices.Contains(w.Grounding, guardrail.Relevant) {
				relevant = nil
			}
			return one(grounding.NewDetector(supported, relevant), nil)
		},
	}
}
