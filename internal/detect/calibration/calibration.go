// Package calibration reads how a model's logits become probabilities, as was fitted on held-out rows.
package calibration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// File is the name of the file in a model's folder.
const File = "calibration.json"

// Map is Platt's: the probability of a logit x is sigmoid(Slope*x + Offset).
type Map struct {
	Slope  float64 `json:"a"`
	Offset float64 `json:"b"`
}

// Fit is a map as the recipe writes it, with what it was fitted on.
type Fit struct {
	Map
	Rows      int `json:"rows"`
	Positives int `json:"positives"` // among them
}

// Check refuses a map under which a larger logit is not more probable.
func (m Map) Check() error {
	if !(m.Slope > 0) || math.IsInf(m.Slope, 0) || math.IsInf(m.Offset, 0) {
		return fmt.Errorf("%s: slope %v and offset %v do not rise", File, m.Slope, m.Offset)
	}
	return nil
}

// Probability is that of a logit, in [0, 1]. The product is rounded before it is added to, so that every machine gives the same.
func (m Map) Probability(logit float64) float64 {
	return 1 / (1 + math.Exp(-(float64(m.Slope*logit) + m.Offset)))
}

// Read reads the file of a folder into a struct or map of what a family expects: no member more, and one object alone.
func Read(folder fs.FS, into any) error {
	text, err := fs.ReadFile(folder, File)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("parse %s: %w", File, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("parse %s: text follows the object", File)
	}
	return nil
}
