package guardmodel_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/detect/trunk/trunktest"
)

func TestAFolderWithoutAModelIsAbsent(t *testing.T) {
	t.Parallel()
	if _, err := guardmodel.Load(trunktest.Load(t, trunk.Options{}), fstest.MapFS{"README.md": {}}); !errors.Is(err, trunk.ErrAbsent) {
		t.Errorf("gave %v", err)
	}
}

// TestADamagedModelIsRefused takes away or changes one thing at a time.
func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	under := trunktest.Load(t, trunk.Options{})
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(f fstest.MapFS) {
			if !bytes.Contains(f[name].Data, []byte(old)) {
				panic("the case changes nothing")
			}
			f[name].Data = bytes.Replace(bytes.Clone(f[name].Data), []byte(old), []byte(new), 1)
			trunktest.Seal(f)
		}
	}
	drop := func(name string) func(fstest.MapFS) { return func(f fstest.MapFS) { delete(f, name) } }
	for name, damage := range map[string]func(fstest.MapFS){
		"no sums":        drop("SHA256SUMS"),
		"no weights":     drop("model.safetensors"),
		"no calibration": drop("calibration.json"),
		"a flipped bit": func(f fstest.MapFS) {
			d := bytes.Clone(f["model.safetensors"].Data)
			d[len(d)-1] ^= 1
			f["model.safetensors"].Data = d
		},
		"cut weights": func(f fstest.MapFS) {
			d := f["model.safetensors"].Data
			f["model.safetensors"].Data = d[:len(d)/2]
			trunktest.Seal(f)
		},
		"no head":               replace("model.safetensors", "head.attack.bias", "head.attack.bios"),
		"no layer":              replace("model.safetensors", "encoder.layer.1.attention.self.query.weight", "encoder.layer.2.attention.self.query.weight"),
		"a category too few":    replace("calibration.json", `"HATE"`, `"HASTE"`),
		"bands that fall":       replace("calibration.json", `"LOW": 0.5`, `"LOW": 0.8`),
		"a falling calibration": replace("calibration.json", `"a": 1.0`, `"a": -1.0`),
		"a member not known":    replace("calibration.json", `"rows"`, `"rums"`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := guardmodeltest.Files(t)
			damage(files)
			if m, err := guardmodel.Load(under, files); err == nil || m != nil || errors.Is(err, trunk.ErrAbsent) {
				t.Errorf("gave %v", err)
			}
		})
	}
}
