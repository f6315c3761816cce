package grounding

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is a loaded grounding model. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk         *trunk.Trunk
	tower         *trunk.Tower
	middle, logit trunk.Head // two layers over the mean and the largest of a sentence's rows and its features
	width         int        // of middle's output
	scale         calibration.Map
}

// Load reads the model's folder: model.safetensors with the layers above the trunk and the head; calibration.json and SHA256SUMS. A folder
// without sums and weights gives trunk.ErrAbsent. Bytes that the sums do not vouch for and parts that do not fit together are an error.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{trunk: t}
	var err error
	if m.tower, err = t.Tower(folder, []string{calibration.File}, m.loadHeads); err != nil {
		return nil, fmt.Errorf("load grounding model: %w", err)
	}
	if m.scale, err = readScale(folder); err != nil {
		return nil, fmt.Errorf("load grounding model: %w", err)
	}
	return m, nil
}

// readScale reads a folder's calibration, which turns a logit into a score.
func readScale(folder fs.FS) (calibration.Map, error) {
	var fit calibration.Fit
	if err := calibration.Read(folder, &fit); err != nil {
		return calibration.Map{}, err
	}
	return fit.Map, fit.Check()
}

func (m *Model) loadHeads(weights *safetensors.File) (err error) {
	hidden := m.trunk.Hidden()
	bias, err := weights.Float32s("head.middle.bias")
	if err != nil {
		return err
	}
	m.width = len(bias)
	if m.middle, err = trunk.ReadHead(weights, "head.middle", m.width, 2*hidden+features); err != nil {
		return err
	}
	m.logit, err = trunk.ReadHead(weights, "head.logit", 1, m.width)
	return err
}
