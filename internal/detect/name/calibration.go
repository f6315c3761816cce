package name

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

const calibrationFile = "calibration.json"

// calibration is what was fitted on held-out rows for each label: how far decoding leans towards it, how the certainty of a span becomes
// the probability that the span is right, p = sigmoid(a*odds(c) + b), and from which probability on it is reported.
type calibration struct {
	lean, slope, offset, least [len(labels)]float64
}

// parseCalibration reads calibration.json: an entry for each label, no more and no less.
func parseCalibration(text []byte) (c calibration, err error) {
	var raw map[string]struct {
		Lean   float64 `json:"lean"`
		Slope  float64 `json:"a"`
		Offset float64 `json:"b"`
		Least  float64 `json:"least"`
		Spans  int     `json:"spans"` // that it was fitted on
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return c, fmt.Errorf("parse calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, fmt.Errorf("parse calibration: text follows the object")
	}
	if len(raw) != len(labels) {
		return c, fmt.Errorf("parse calibration: %d labels, not %d", len(raw), len(labels))
	}
	for i, l := range labels {
		e, ok := raw[string(l)]
		if !ok || !(e.Slope > 0) || math.IsInf(e.Slope, 0) || !(e.Least >= 0 && e.Least < 1) {
			return c, fmt.Errorf("parse calibration: label %s is missing or has slope %v and least %v", l, e.Slope, e.Least)
		}
		c.lean[i], c.slope[i], c.offset[i], c.least[i] = e.Lean, e.Slope, e.Offset, e.Least
	}
	return c, nil
}

// probability is that of a span of the label being right, in (0, 1).
func (c *calibration) probability(label int, certainty float64) float64 {
	return 1 / (1 + math.Exp(-(float64(c.slope[label]*odds(certainty)) + c.offset[label])))
}

// mostOdds is where all certainties are alike.
const mostOdds = 9

// odds is the logarithm of the odds of what certainty is the logarithm of.
func odds(certainty float64) float64 {
	return min(certainty-math.Log(-math.Expm1(min(certainty, -1e-9))), mostOdds)
}
