package trunktest

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"testing"
	"testing/fstest"

	"merlon.dev/merlon/internal/detect/trunk"
)

// Damage does something to a model's folder that loading must not overlook.
type Damage func(testing.TB, fstest.MapFS)

// Without takes a file away; the sums know nothing of it either.
func Without(name string) Damage {
	return func(_ testing.TB, f fstest.MapFS) {
		delete(f, name)
		Seal(f)
	}
}

// Changed puts text in the place of other text in a file, under sums that are right.
func Changed(name, old, new string) Damage {
	return func(t testing.TB, f fstest.MapFS) {
		t.Helper()
		if !bytes.Contains(f[name].Data, []byte(old)) {
			t.Fatalf("%s holds no %s: the case changes nothing", name, old)
		}
		f[name].Data = bytes.Replace(bytes.Clone(f[name].Data), []byte(old), []byte(new), 1)
		Seal(f)
	}
}

// common are the damages of every model.
var common = map[string]Damage{
	"no sums":    func(_ testing.TB, f fstest.MapFS) { delete(f, trunk.SumsFile) },
	"no weights": Without(trunk.WeightsFile),
	"a flipped bit": func(_ testing.TB, f fstest.MapFS) {
		d := bytes.Clone(f[trunk.WeightsFile].Data)
		d[len(d)-1] ^= 1
		f[trunk.WeightsFile].Data = d
	},
	"cut weights": func(_ testing.TB, f fstest.MapFS) {
		d := f[trunk.WeightsFile].Data
		f[trunk.WeightsFile].Data = d[:len(d)/2]
		Seal(f)
	},
}

// Refuses loads a model's folder whole, empty and under one damage at a time, those of every model and those given.
func Refuses(t *testing.T, files func(testing.TB) fstest.MapFS, load func(fs.FS) error, damages map[string]Damage) {
	t.Helper()
	if err := load(files(t)); err != nil {
		t.Errorf("the folder as it is gave %v", err)
	}
	if err := load(fstest.MapFS{"README.md": {}}); !errors.Is(err, trunk.ErrAbsent) {
		t.Errorf("a folder without a model gave %v", err)
	}
	all := maps.Clone(common)
	maps.Copy(all, damages)
	for name, damage := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := files(t)
			damage(t, folder)
			if err := load(folder); err == nil || errors.Is(err, trunk.ErrAbsent) {
				t.Errorf("gave %v", err)
			}
		})
	}
}
