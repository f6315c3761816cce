package guardmodel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"merlon.dev/merlon/internal/detect"
)

// calibration turns logits into probabilities, p = sigmoid(a*logit + b), and probabilities into confidences.
type calibration struct {
	slope, offset     [labels]float64
	low, medium, high float64 // the least probability of each confidence
}

// parseCalibration reads calibration.json: the bands, and a map for each label, no more and no less.
func parseCalibration(text []byte) (c calibration, err error) {
	var raw struct {
		Bands struct {
			Low    float64 `json:"LOW"`
			Medium float64 `json:"MEDIUM"`
			High   float64 `json:"HIGH"`
		} `json:"bands"`
		Categories map[string]struct {
			Slope     float64 `json:"a"`
			Offset    float64 `json:"b"`
			Rows      int     `json:"rows"`      // that it was fitted on
			Positives int     `json:"positives"` // among them
		} `json:"categories"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return c, fmt.Errorf("parse calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, fmt.Errorf("parse calibration: text follows the object")
	}
	c.low, c.medium, c.high = raw.Bands.Low, raw.Bands.Medium, raw.Bands.High
	if !(0 < c.low && c.low < c.medium && c.medium < c.high && c.high < 1) {
		return c, fmt.Errorf("parse calibration: bands %v, %v, %v do not rise between 0 and 1", c.low, c.medium, c.high)
	}
	if len(raw.Categories) != int(labels) {
		return c, fmt.Errorf("parse calibration: %d categories, not %d", len(raw.Categories), labels)
	}
	for l := range labels {
		m, ok := raw.Categories[l.String()]
		if !ok || !(m.Slope > 0) || math.IsInf(m.Slope, 0) || math.IsInf(m.Offset, 0) {
			return c, fmt.Errorf("parse calibration: category %s is missing or has slope %v and offset %v", l, m.Slope, m.Offset)
		}
		c.slope[l], c.offset[l] = m.Slope, m.Offset
	}
	return c, nil
}

// probability is that of label l at a logit.
func (c *calibration) probability(l Label, logit float32) float64 {
	return 1 / (1 + math.Exp(-(float64(c.slope[l]*float64(logit)) + c.offset[l])))
}

func (c *calibration) confidence(p float64) detect.Confidence {
	switch {
	case p >= c.high:
		return detect.High
	case p >= c.medium:
		return detect.Medium
	case p >= c.low:
		return detect.Low
	default:
		return detect.None
	}
}
