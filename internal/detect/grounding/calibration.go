package grounding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// calibration turns a logit into a score, sigmoid(a*logit + b).
type calibration struct{ slope, offset float64 }

// parseCalibration reads calibration.json.
func parseCalibration(text []byte) (c calibration, err error) {
	var raw struct {
		Slope     float64 `json:"a"`
		Offset    float64 `json:"b"`
		Rows      int     `json:"rows"`      // that it was fitted on
		Positives int     `json:"positives"` // among them
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return c, fmt.Errorf("parse calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, fmt.Errorf("parse calibration: text follows the object")
	}
	if !(raw.Slope > 0) || math.IsInf(raw.Slope, 0) || math.IsInf(raw.Offset, 0) {
		return c, fmt.Errorf("parse calibration: slope %v and offset %v", raw.Slope, raw.Offset)
	}
	return calibration{raw.Slope, raw.Offset}, nil
}

// score is that of a logit, in [0, 1].
func (c calibration) score(logit float32) float64 {
	return 1 / (1 + math.Exp(-(float64(c.slope*float64(logit)) + c.offset)))
}
