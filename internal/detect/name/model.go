package name

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is a loaded model. It implements pii.Reader. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk *trunk.Trunk
	tower *trunk.Tower
	head  trunk.Head
	scale scale
}

// Load reads the model's folder: model.safetensors with the layers above the trunk and the head head.label, calibration.json and
// SHA256SUMS. A folder without sums and weights gives trunk.ErrAbsent; one that does not fit together is an error.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{trunk: t}
	var err error
	m.tower, err = t.Tower(folder, []string{calibration.File}, func(weights *safetensors.File) (err error) {
		m.head, err = trunk.ReadHead(weights, "head.label", classes, t.Hidden())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load name model: %w", err)
	}
	if m.scale, err = readScale(folder); err != nil {
		return nil, fmt.Errorf("load name model: %w", err)
	}
	return m, nil
}
