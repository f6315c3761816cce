package topic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

const calibrationFile = "calibration.json"

// calibration turns logits into probabilities, p = sigmoid(slope*logit + offset), and says from which on a text is of a topic.
type calibration struct {
	slope, offset float64
	threshold     float64
}

func parseCalibration(text []byte) (calibration, error) {
	var raw struct {
		Slope     float64 `json:"a"`
		Offset    float64 `json:"b"`
		Threshold float64 `json:"threshold"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return calibration{}, fmt.Errorf("parse calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return calibration{}, fmt.Errorf("parse calibration: text follows the object")
	}
	c := calibration{slope: raw.Slope, offset: raw.Offset, threshold: raw.Threshold}
	if !(c.slope > 0) || !(0 < c.threshold && c.threshold < 1) {
		return calibration{}, fmt.Errorf("parse calibration: slope %v and threshold %v are none", c.slope, c.threshold)
	}
	return c, nil
}

func (c calibration) probability(logit float32) float64 {
	return 1 / (1 + math.Exp(-(float64(c.slope*float64(logit)) + c.offset)))
}
