package name

import (
	"fmt"
	"io/fs"
	"math"

	"merlon.dev/merlon/internal/detect/calibration"
)

// scale is what was fitted on held-out rows for each label: how far decoding leans towards it, how the odds of a span become the
// probability that the span is right, and from which probability on it is reported.
type scale struct {
	lean, least [len(labels)]float64
	maps        [len(labels)]calibration.Map
}

// readScale reads the folder's calibration: an entry for each label, no more and no less.
func readScale(folder fs.FS) (s scale, err error) {
	var raw map[string]struct {
		calibration.Map
		Lean  float64 `json:"lean"`
		Least float64 `json:"least"`
		Spans int     `json:"spans"` // that it was fitted on
	}
	if err := calibration.Read(folder, &raw); err != nil {
		return s, err
	}
	if len(raw) != len(labels) {
		return s, fmt.Errorf("%s: %d labels, not %d", calibration.File, len(raw), len(labels))
	}
	for i, l := range labels {
		e := raw[string(l)]
		if err := e.Check(); err != nil {
			return s, fmt.Errorf("label %s is missing or wrong: %w", l, err)
		}
		if !(e.Least >= 0 && e.Least < 1) {
			return s, fmt.Errorf("%s: label %s is reported from %v on, which is not in [0, 1)", calibration.File, l, e.Least)
		}
		s.lean[i], s.least[i], s.maps[i] = e.Lean, e.Least, e.Map
	}
	return s, nil
}

// probability is that of a span of the label being right; certainty is the logarithm of its mean probability.
func (s *scale) probability(label int, certainty float64) float64 {
	return s.maps[label].Probability(odds(certainty))
}

// mostOdds is where all certainties are alike.
const mostOdds = 9

// odds is the logarithm of the odds of what certainty is the logarithm of.
func odds(certainty float64) float64 {
	return min(certainty-math.Log(-math.Expm1(min(certainty, -1e-9))), mostOdds)
}
