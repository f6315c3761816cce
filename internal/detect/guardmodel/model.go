package guardmodel

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/trunk"
)

// Model is a loaded guard model. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk           *trunk.Trunk
	tower           *trunk.Tower
	content, attack trunk.Head
	scale           scale
}

// Confidence gives the confidence of a score. It means the same for every label.
func (m *Model) Confidence(score float64) detect.Confidence { return m.scale.confidence(score) }
