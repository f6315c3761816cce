package encoder

import (
	"errors"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// TestTowerGoesOn: a trunk of the first layer and a tower of the others give the bits of the whole model, and the trunk's
// rows stay for another tower.
func TestTowerGoesOn(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		whole := load(t, stem, Options{Int8: true})
		all := goldens(t, stem+".golden.safetensors", whole.Hidden())
		lower, upper := halves(t, weights(t, stem+".safetensors"))
		c := config(t, stem+".json")
		trunk, err := Load(lower, c, Options{Int8: true})
		if err != nil {
			t.Fatal(err)
		}
		tower, err := LoadTower(upper, c, 1, Options{Int8: true})
		if err != nil {
			t.Fatal(err)
		}
		if trunk.Layers() != 1 || tower.Layers() != whole.Layers()-1 {
			t.Fatalf("%s: %d and %d layers of %d", stem, trunk.Layers(), tower.Layers(), whole.Layers())
		}
		for _, workers := range []int{1, 2} {
			p := pool(t, workers)
			want := forward(t, whole.NewSession(), p, batchOf(all...))
			rows := forward(t, trunk.NewSession(), p, batchOf(all...))
			for range 2 {
				got, err := tower.NewSession().Continue(t.Context(), p, rows)
				if err != nil {
					t.Fatal(err)
				}
				if far := farthest(t, got.Clone().Tokens, want.Tokens); far != 0 || got.Len() != len(all) {
					t.Errorf("%s, %d workers: off by %v", stem, workers, far)
				}
			}
		}
		if _, err := tower.NewSession().Continue(t.Context(), pool(t, 1), Output{}); !errors.Is(err, ErrInput) {
			t.Errorf("no rows give %v", err)
		}
		if _, err := LoadTower(upper, c, 2, Options{}); err != nil && whole.Layers() > 2 {
			t.Errorf("a later layer gives %v", err)
		}
		if _, err := LoadTower(lower, c, 1, Options{}); err == nil {
			t.Error("a file without the layer loads")
		}
	}
}

// halves cuts a model in two files: the first layer with what is below it, and the others.
func halves(t *testing.T, f *safetensors.File) (lower, upper *safetensors.File) {
	t.Helper()
	var below, above []safetensors.Entry
	for _, name := range f.Names() {
		tensor, _ := f.Tensor(name)
		if tensor.DType != safetensors.F32 {
			continue
		}
		v, err := f.Float32s(name)
		if err != nil {
			t.Fatal(err)
		}
		e := safetensors.Entry{Name: strings.TrimPrefix(name, prefix(f)), Shape: tensor.Shape, Float32: v}
		if strings.HasPrefix(e.Name, "encoder.layer.") && !strings.HasPrefix(e.Name, "encoder.layer.0.") {
			above = append(above, e)
		} else {
			below = append(below, e)
		}
	}
	return written(t, below), written(t, above)
}

// TestRowsThatWereKept: a tower gives the same bits for rows in a matrix as for the output that they were taken from, and refuses rows that do not
// fit it.
func TestRowsThatWereKept(t *testing.T) {
	t.Parallel()
	for _, stem := range models {
		whole := load(t, stem, Options{Int8: true})
		lower, upper := halves(t, weights(t, stem+".safetensors"))
		c := config(t, stem+".json")
		trunk, err := Load(lower, c, Options{Int8: true})
		if err != nil {
			t.Fatal(err)
		}
		tower, err := LoadTower(upper, c, 1, Options{Int8: true})
		if err != nil {
			t.Fatal(err)
		}
		p := pool(t, 2)
		rows := forward(t, trunk.NewSession(), p, batchOf(goldens(t, stem+".golden.safetensors", whole.Hidden())...))
		got, err := tower.NewSession().ContinueRows(t.Context(), p, rows.Tokens, rows.ends)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tower.NewSession().Continue(t.Context(), p, rows)
		if err != nil {
			t.Fatal(err)
		}
		if far := farthest(t, got.Tokens, want.Tokens); far != 0 {
			t.Errorf("%s is off by %v", stem, far)
		}
		for name, bad := range map[string]struct {
			rows kernel.Matrix
			ends []int
		}{
			"no sequence":    {kernel.NewMatrix(0, whole.Hidden()), nil},
			"an empty one":   {kernel.NewMatrix(2, whole.Hidden()), []int{2, 2}},
			"rows left over": {kernel.NewMatrix(3, whole.Hidden()), []int{2}},
			"another width":  {kernel.NewMatrix(2, whole.Hidden()+1), []int{2}},
		} {
			if _, err := tower.NewSession().ContinueRows(t.Context(), p, bad.rows, bad.ends); !errors.Is(err, ErrInput) {
				t.Errorf("%s gives %v", name, err)
			}
		}
	}
}
