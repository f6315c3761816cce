package guardmodel

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Load reads the guard model's folder: model.safetensors with the layers above the trunk and the heads head.content and head.attack,
// calibration.json and SHA256SUMS. A folder without sums and weights gives trunk.ErrAbsent. One that has some of them, or bytes that the
// sums do not vouch for, or parts that do not fit together, is an error: it is never read as far as it goes.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{trunk: t}
	var err error
	if m.tower, err = t.Tower(folder, []string{calibration.File}, m.loadHeads); err != nil {
		return nil, fmt.Errorf("load guard model: %w", err)
	}
	if m.scale, err = readScale(folder); err != nil {
		return nil, fmt.Errorf("load guard model: %w", err)
	}
	return m, nil
}

func (m *Model) loadHeads(weights *safetensors.File) (err error) {
	if m.content, err = trunk.ReadHead(weights, "head.content", contentLabels, m.trunk.Hidden()); err != nil {
		return err
	}
	m.attack, err = trunk.ReadHead(weights, "head.attack", int(labels)-contentLabels, m.trunk.Hidden())
	return err
}
