package decoder

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// models is every golden model; testdata/golden.py wrote them.
var models = []string{"llama", "llama3", "linear", "smollm", "mistral", "qwen2", "qwen3", "gpt2"}

func open(t testing.TB, name string, o Options) *Decoder {
	t.Helper()
	d, err := Load(filepath.Join("testdata", name), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
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

// golden is what transformers and torch computed.
type golden struct {
	ids    []int32
	logits nn.Matrix
}

func goldens(t testing.TB, name string) []golden {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name, "golden.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // only read
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	var all []golden
	for i := 0; ; i++ {
		if _, ok := f.Tensor(fmt.Sprintf("ids.%d", i)); !ok {
			return all
		}
		ids, err := f.Float32s(fmt.Sprintf("ids.%d", i))
		if err != nil {
			t.Fatal(err)
		}
		logits, err := f.Float32s(fmt.Sprintf("logits.%d", i))
		if err != nil {
			t.Fatal(err)
		}
		g := golden{logits: kernel.Of(logits, len(ids), len(logits)/len(ids))}
		for _, v := range ids {
			g.ids = append(g.ids, int32(v))
		}
		all = append(all, g)
	}
}

// forward runs parts and copies the logits out of the session.
func forward(t testing.TB, s *Session, p *nn.Pool, parts ...Part) nn.Matrix {
	t.Helper()
	out, err := s.Forward(t.Context(), p, parts)
	if err != nil {
		t.Fatal(err)
	}
	own := kernel.NewMatrix(out.Rows, out.Cols)
	copy(own.Data, out.Data)
	return own
}

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
				return math.Inf(1)
			}
			far = max(far, d)
		}
	}
	return far
}

func same(t testing.TB, what string, a, b nn.Matrix) {
	t.Helper()
	if a.Rows != b.Rows || a.Cols != b.Cols {
		t.Fatalf("%s: %d x %d against %d x %d", what, a.Rows, a.Cols, b.Rows, b.Cols)
	}
	for i := range a.Rows {
		for k, v := range a.Row(i) {
			if math.Float32bits(v) != math.Float32bits(b.Row(i)[k]) {
				t.Fatalf("%s: row %d, column %d: %v against %v", what, i, k, v, b.Row(i)[k])
			}
		}
	}
}
