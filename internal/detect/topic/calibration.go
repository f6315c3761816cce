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

// calibrations are those of topics without samples, 0, and of those with some, 1.
type calibrations [2]calibration

func parseCalibrations(text []byte) (c calibrations, err error) {
	type one struct {
		Slope     float64 `json:"a"`
		Offset    float64 `json:"b"`
		Threshold float64 `json:"threshold"`
	}
	var raw struct {
		Alone   one `json:"alone"`
		Samples one `json:"samples"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return c, fmt.Errorf("parse calibration: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return c, fmt.Errorf("parse calibration: text follows the object")
	}
	for i, r := range []one{raw.Alone, raw.Samples} {
		if !(r.Slope > 0) || !(0 < r.Threshold && r.Threshold < 1) {
			return c, fmt.Errorf("parse calibration: slope %v and threshold %v are none", r.Slope, r.Threshold)
		}
		c[i] = calibration{r.Slope, r.Offset, r.Threshold}
	}
	return c, nil
}

func (c calibration) probability(logit float32) float64 {
	return 1 / (1 + math.Exp(-(float64(c.slope*float64(logit)) + c.offset)))
}
