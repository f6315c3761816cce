package guardmodel_test

import (
	"io/fs"
	"testing"

	"merlon.dev/merlon/internal/detect/calibration"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{})
	load := func(f fs.FS) error { _, err := guardmodel.Load(under, f); return err }
	trunktest.Refuses(t, guardmodeltest.Files, load, map[string]trunktest.Damage{
		"no calibration":        trunktest.Without(calibration.File),
		"no head":               trunktest.Changed(trunk.WeightsFile, "head.attack.bias", "head.attack.bios"),
		"no layer":              trunktest.Changed(trunk.WeightsFile, "encoder.layer.1.attention.self.query.weight", "encoder.layer.2.attention.self.query.weight"),
		"a category too few":    trunktest.Changed(calibration.File, `"HATE"`, `"HASTE"`),
		"bands that fall":       trunktest.Changed(calibration.File, `"LOW": 0.5`, `"LOW": 0.8`),
		"a falling calibration": trunktest.Changed(calibration.File, `"a": 1.0`, `"a": -1.0`),
		"a member not known":    trunktest.Changed(calibration.File, `"rows"`, `"rums"`),
	})
}
