package topic_test

import (
	"io/fs"
	"testing"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/topic/topictest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{})
	load := func(f fs.FS) error { _, err := topic.Load(under, f); return err }
	trunktest.Refuses(t, topictest.Files, load, map[string]trunktest.Damage{
		"no calibration":          trunktest.Without(calibration.File),
		"no part of the head":     trunktest.Changed(trunk.WeightsFile, "head.nearest", "head.farther"),
		"a part of another shape": trunktest.Changed(trunk.WeightsFile, `"head.mean":{"dtype":"F32","shape":[32]`, `"head.mean":{"dtype":"F32","shape":[31]`),
		"no languages":            trunktest.Changed(trunk.WeightsFile, "head.languages", "head.dialects_"),
		"no layer":                trunktest.Changed(trunk.WeightsFile, "encoder.layer.1.attention.self.query.weight", "encoder.layer.2.attention.self.query.weight"),
		"a falling calibration":   trunktest.Changed(calibration.File, `"a": 1.0`, `"a": -1.0`),
		"a threshold of 1":        trunktest.Changed(calibration.File, `"threshold": 0.9`, `"threshold": 1.0`),
		"no threshold":            trunktest.Changed(calibration.File, `, "threshold": 0.75`, ``),
		"a member not known":      trunktest.Changed(calibration.File, `"b"`, `"c"`),
		"text after the object":   trunktest.Changed(calibration.File, `}}`, `}}{}`),
		"one for all topics":      trunktest.Changed(calibration.File, `"alone"`, `"both"`),
	})
}
