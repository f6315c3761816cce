package topic

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is a loaded topic model. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk  *trunk.Trunk
	tower  *trunk.Tower
	head   head
	scales [2]scale // of topics without samples, and with some
}

// Tower gives the model's layers, for families that read texts as topics are read.
func (m *Model) Tower() *trunk.Tower { return m.tower }

// Load reads the topic model's folder: model.safetensors with the layers above the trunk and the head, calibration.json and SHA256SUMS.
// A folder without sums and weights gives trunk.ErrAbsent. One that has some of them, or bytes that the sums do not vouch for, or parts
// that do not fit together, is an error: it is never read as far as it goes.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{trunk: t}
	read := func(weights *safetensors.File) (err error) {
		m.head, err = readHead(weights, t.Hidden())
		return err
	}
	var err error
	if m.tower, err = t.Tower(folder, []string{calibration.File}, read); err != nil {
		return nil, fmt.Errorf("load topic model: %w", err)
	}
	if m.scales, err = readScales(folder); err != nil {
		return nil, fmt.Errorf("load topic model: %w", err)
	}
	return m, nil
}
