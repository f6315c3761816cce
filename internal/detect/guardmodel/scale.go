package guardmodel

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/calibration"
)

// scale turns logits into probabilities, each label's by a map of its own, and probabilities into confidences.
type scale struct {
	maps              [labels]calibration.Map
	low, medium, high float64 // the least probability of each confidence
}

// readScale reads the folder's calibration: the bands, and a map for each label, no more and no less.
func readScale(folder fs.FS) (s scale, err error) {
	var raw struct {
		Bands struct {
			Low    float64 `json:"LOW"`
			Medium float64 `json:"MEDIUM"`
			High   float64 `json:"HIGH"`
		} `json:"bands"`
		Categories map[string]calibration.Fit `json:"categories"`
	}
	if err := calibration.Read(folder, &raw); err != nil {
		return s, err
	}
	s.low, s.medium, s.high = raw.Bands.Low, raw.Bands.Medium, raw.Bands.High
	if !(0 < s.low && s.low < s.medium && s.medium < s.high && s.high < 1) {
		return s, fmt.Errorf("%s: bands %v, %v, %v do not rise between 0 and 1", calibration.File, s.low, s.medium, s.high)
	}
	if len(raw.Categories) != int(labels) {
		return s, fmt.Errorf("%s: %d categories, not %d", calibration.File, len(raw.Categories), labels)
	}
	for l := range labels {
		fit := raw.Categories[l.String()]
		if err := fit.Check(); err != nil {
			return s, fmt.Errorf("category %s is missing or wrong: %w", l, err)
		}
		s.maps[l] = fit.Map
	}
	return s, nil
}

// confidence is that of a probability.
func (s *scale) confidence(p float64) detect.Confidence {
	switch {
	case p >= s.high:
		return detect.High
	case p >= s.medium:
		return detect.Medium
	case p >= s.low:
		return detect.Low
	default:
		return detect.None
	}
}
