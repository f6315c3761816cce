package grounding

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is a loaded grounding model. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	pairs   *pair.Model
	head    pair.Head
	compare *comparer
	scale   calibration.Map
}

// Load reads the model's folder: model.safetensors with the layers above the trunk, the head and the network that compares; calibration.json and SHA256SUMS. A folder
// without sums and weights gives trunk.ErrAbsent. Bytes that the sums do not vouch for and parts that do not fit together are an error.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{}
	var err error
	m.pairs, err = pair.Load(t, folder, []string{calibration.File}, func(weights *safetensors.File) (err error) {
		if m.head, err = pair.ReadHead(weights, "head", t.Hidden()); err != nil {
			return err
		}
		m.compare, err = readComparer(weights, t.Set(), t.Hidden())
		return err
	})
	if err != nil {
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
