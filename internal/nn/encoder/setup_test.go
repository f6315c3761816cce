package encoder

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// weights opens a weight file for the length of a test.
func weights(t testing.TB, path string) *safetensors.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // only read
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	w, err := safetensors.Read(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func config(t testing.TB, path string) Config {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t testing.TB, stem string, o Options) *Encoder {
	t.Helper()
	e, err := Load(weights(t, stem+".safetensors"), config(t, stem+".json"), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func pool(t testing.TB, n int) *nn.Pool {
	t.Helper()
	p, err := nn.NewPool(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// sets is every kernel set of this machine.
func sets(t testing.TB) []kernel.Set {
	t.Helper()
	var all []kernel.Set
	for _, tier := range kernel.Available() {
		s, err := kernel.Select(tier)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// golden is what transformers and torch computed: testdata/golden.py wrote it.
type golden struct {
	ids, types []int32
	rows       nn.Matrix
}

func goldens(t testing.TB, path string, hidden int) []golden {
	t.Helper()
	f := weights(t, path)
	var all []golden
	for i := 0; ; i++ {
		if _, ok := f.Tensor(fmt.Sprintf("ids.%d", i)); !ok {
			return all
		}
		read := func(name string) []float32 {
			v, err := f.Float32s(fmt.Sprintf("%s.%d", name, i))
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		g := golden{ids: whole(read("ids")), types: whole(read("types"))}
		g.rows = kernel.Of(read("out"), len(g.ids), hidden)
		all = append(all, g)
	}
}

func whole(v []float32) []int32 {
	out := make([]int32, len(v))
	for i, x := range v {
		out[i] = int32(x)
	}
	return out
}

func forward(t testing.TB, s *Session, p *nn.Pool, b *Batch) Output {
	t.Helper()
	out, err := s.Forward(context.Background(), p, b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func batchOf(g ...golden) *Batch {
	var b Batch
	for _, one := range g {
		b.Add(one.ids, one.types)
	}
	return &b
}

// farthest is the largest absolute difference of two matrices of one shape.
func farthest(t testing.TB, a, b nn.Matrix) float64 {
	t.Helper()
	if a.Rows != b.Rows || a.Cols != b.Cols {
		t.Fatalf("%d x %d against %d x %d", a.Rows, a.Cols, b.Rows, b.Cols)
	}
	var far float64
	for i := range a.Rows {
		for k, v := range a.Row(i) {
			d := math.Abs(float64(v) - float64(b.Row(i)[k]))
			if math.IsNaN(d) {
				return math.NaN()
			}
			far = max(far, d)
		}
	}
	return far
}

// cosine is the least cosine between rows of two matrices.
func cosine(a, b nn.Matrix) float64 {
	least := 1.0
	for i := range a.Rows {
		var ab, aa, bb float64
		for k, v := range a.Row(i) {
			w := float64(b.Row(i)[k])
			ab, aa, bb = ab+float64(v)*w, aa+float64(v)*float64(v), bb+w*w
		}
		least = min(least, ab/math.Sqrt(aa*bb))
	}
	return least
}

// home is the folder of the repository's own cache, where the real bases are put; see testdata/golden.py.
func home(elem ...string) string {
	return filepath.Join(append([]string{"..", "..", "..", ".cache", "bases"}, elem...)...)
}
