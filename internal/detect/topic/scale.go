package topic

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/calibration"
)

// scale turns logits into probabilities, and says from which on a text is of a topic.
type scale struct {
	calibration.Map
	Threshold float64 `json:"threshold"`
}

// readScales reads the folder's calibration: that of topics without samples, 0, and of those with some, 1.
func readScales(folder fs.FS) (s [2]scale, err error) {
	var raw struct {
		Alone   scale `json:"alone"`
		Samples scale `json:"samples"`
	}
	if err := calibration.Read(folder, &raw); err != nil {
		return s, err
	}
	s = [2]scale{raw.Alone, raw.Samples}
	for _, one := range s {
		if err := one.Check(); err != nil {
			return s, err
		}
		if !(0 < one.Threshold && one.Threshold < 1) {
			return s, fmt.Errorf("%s: threshold %v is not between 0 and 1", calibration.File, one.Threshold)
		}
	}
	return s, nil
}
