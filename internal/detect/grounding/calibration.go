package grounding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// calibration turns the logits of each task into scores, sigmoid(a*logit + b).
type calibration [tasks]struct{ slope, offset float64 }

// parseCalibration reads calibration.json: a map for each task, no more and no less.
func parseCalibration(text []byte) (c calibration, err error) {
	var raw map[string]struct {
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
	if len(raw) != int(tasks) {
		return c, fmt.Errorf("parse calibration: %d scores, not %d", len(raw), tasks)
	}
	for i, name := range [tasks]string{"GROUNDING", "RELEVANCE"} {
		m, ok := raw[name]
		if !ok || !(m.Slope > 0) || math.IsInf(m.Slope, 0) || math.IsInf(m.Offset, 0) {
			return c, fmt.Errorf("parse calibration: %s is missing or has slope %v and offset %v", name, m.Slope, m.Offset)
		}
		c[i].slope, c[i].offset = m.Slope, m.Offset
	}
	return c, nil
}

// score is that of a logit, in [0, 1].
func (c *calibration) score(t task, logit float32) float64 {
	return 1 / (1 + math.Exp(-(float64(c[t].slope*float64(logit)) + c[t].offset)))
}
