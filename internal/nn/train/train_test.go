package train

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

const stem = "../encoder/testdata/bert"

func small(t testing.TB, set kernel.Set) (*Model, *safetensors.File, encoder.Config) {
	t.Helper()
	data, err := os.ReadFile(stem + ".safetensors")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(stem + ".json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := encoder.ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(set, f, c)
	if err != nil {
		t.Fatal(err)
	}
	return m, f, c
}

func crew(t testing.TB, n int) *nn.Crew {
	t.Helper()
	p, err := nn.NewPool(n)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Leave(); p.Close() })
	return c
}

func someBatch() *encoder.Batch {
	r := rand.New(rand.NewPCG(4, 4))
	var b encoder.Batch
	for _, n := range []int{3, 9, 17} {
		ids, types := make([]int32, n), make([]int32, n)
		for i := range ids {
			ids[i], types[i] = int32(r.IntN(80)), int32(r.IntN(2))
		}
		b.Add(ids, types)
	}
	return &b
}

// direction is fixed random numbers: the loss of the tests is their dot product with the output.
func direction(rows, cols int) nn.Matrix {
	r, d := rand.New(rand.NewPCG(5, 5)), kernel.NewMatrix(rows, cols)
	for i := range d.Data {
		d.Data[i] = float32(r.NormFloat64())
	}
	return d
}

func lossOf(y, d nn.Matrix) float64 {
	var sum float64
	for i, v := range y.Data {
		sum += float64(v) * float64(d.Data[i])
	}
	return sum
}

func TestForwardEqualsEncoder(t *testing.T) {
	t.Parallel()
	m, f, c := small(t, kernel.Best())
	e, err := encoder.Load(f, c, encoder.Options{Set: kernel.Best()})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	out, err := e.NewSession().Forward(context.Background(), pool, someBatch())
	if err != nil {
		t.Fatal(err)
	}
	got := m.Forward(crew(t, 1), someBatch())
	for i, v := range got.Data {
		if d := math.Abs(float64(v - out.Tokens.Data[i])); d > 1e-5 {
			t.Fatalf("value %d is off by %v", i, d)
		}
	}
}

// TestGradientsByFiniteDifferences moves every parameter both along its gradient and along its two steepest single
// weights, and holds the change of the loss against the gradient.
func TestGradientsByFiniteDifferences(t *testing.T) {
	t.Parallel()
	m, _, _ := small(t, kernel.Best())
	c, b := crew(t, 1), someBatch()
	y := m.Forward(c, b)
	d := direction(y.Rows, y.Cols)
	m.Backward(c, kernel.Of(append([]float32(nil), d.Data...), d.Rows, d.Cols))
	checked := 0
	for _, p := range m.Params {
		length, steepest, second := 0.0, 0, 0
		for i, g := range p.G {
			length += float64(g) * float64(g)
			if math.Abs(float64(g)) > math.Abs(float64(p.G[steepest])) {
				steepest, second = i, steepest
			}
		}
		length = math.Sqrt(length)
		if bias := p.Name[len(p.Name)-8:]; length < 1e-3 && bias != "key.bias" {
			t.Errorf("%s has no gradient", p.Name) // only a key's bias cancels in softmax
		}
		try := func(name string, move func(step float64), want float64) {
			const step = 2e-3
			move(step)
			up := lossOf(m.Forward(c, b), d)
			move(-2 * step)
			down := lossOf(m.Forward(c, b), d)
			move(step)
			got := (up - down) / (2 * step)
			if math.Abs(got-want) > 5e-3*math.Abs(want)+0.02 {
				t.Errorf("%s %s: finite difference %v, gradient %v", p.Name, name, got, want)
			}
			checked++
		}
		kept := append([]float32(nil), p.W...)
		if length > 1e-3 {
			at := 0.0
			try("along its gradient", func(step float64) {
				at += step
				for i, g := range p.G {
					p.W[i] = float32(float64(kept[i]) + at*float64(g)/length)
				}
			}, length)
			copy(p.W, kept)
		}
		for _, i := range []int{steepest, second} {
			try("one weight", func(step float64) { p.W[i] += float32(step) }, float64(p.G[i]))
			p.W[i] = kept[i]
		}
	}
	if checked < 100 {
		t.Errorf("%d directions checked", checked)
	}
}

func TestGradientsAreTheSameBitsForAnyWorkers(t *testing.T) {
	t.Parallel()
	var want *Model
	for _, workers := range []int{1, 2, 3} {
		m, _, _ := small(t, kernel.Best())
		c, o := crew(t, workers), AdamW{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Clip: 1}
		for range 2 {
			y := m.Forward(c, someBatch())
			m.Backward(c, direction(y.Rows, y.Cols))
			o.Step(c, m.Params, 1e-3)
		}
		if want == nil {
			want = m
			continue
		}
		for i, p := range m.Params {
			for k, v := range p.W {
				if v != want.Params[i].W[k] {
					t.Fatalf("%d workers: %s[%d] = %v, want %v", workers, p.Name, k, v, want.Params[i].W[k])
				}
			}
		}
	}
}

// TestTrainingLearns fits a head and the model to tell sequences that hold token 7 from others.
func TestTrainingLearns(t *testing.T) {
	t.Parallel()
	m, _, config := small(t, kernel.Best())
	c, r := crew(t, 2), rand.New(rand.NewPCG(6, 6))
	w := direction(2, m.hidden)
	for i := range w.Data {
		w.Data[i] *= 0.02
	}
	head := NewLinear(kernel.Best(), NewParam("head.weight", []int{2, m.hidden}, w.Data), NewParam("head.bias", []int{2}, make([]float32, 2)))
	params := append([]*Param{head.W, head.B}, m.Params...)
	m.words.Frozen = true
	words := append([]float32(nil), m.words.W...)
	o := AdamW{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Clip: 1}
	var a nn.Arena
	var first, last float64
	for step := range 60 {
		var b encoder.Batch
		var classes []int
		for range 16 {
			ids := make([]int32, 6+r.IntN(6))
			for i := range ids {
				ids[i] = int32(10 + r.IntN(60))
			}
			class := r.IntN(2)
			if class == 1 {
				ids[r.IntN(len(ids))] = 7
			}
			b.Add(ids, nil)
			classes = append(classes, class)
		}
		a.Reset()
		y := m.Forward(c, &b)
		x, logits := a.Matrix(b.Len(), m.hidden), a.Matrix(b.Len(), 2)
		for i := range b.Len() {
			from, _ := b.Bounds(i)
			copy(x.Row(i), y.Row(from))
		}
		head.Forward(c, &a, logits, x)
		loss := 0.0
		for i, class := range classes {
			loss += CrossEntropy(logits.Row(i), class, 1/float32(len(classes))) / float64(len(classes))
		}
		dx, dy := a.Matrix(b.Len(), m.hidden), kernel.NewMatrix(y.Rows, y.Cols)
		head.Backward(c, &a, dx, logits, x)
		for i := range b.Len() {
			from, _ := b.Bounds(i)
			copy(dy.Row(from), dx.Row(i))
		}
		m.Backward(c, dy)
		o.Step(c, params, 3e-3)
		if step < 5 {
			first += loss / 5
		}
		if step >= 55 {
			last += loss / 5
		}
	}
	t.Logf("loss %.3f, then %.3f", first, last)
	if last > first/3 {
		t.Errorf("loss %v, then %v", first, last)
	}
	for i, v := range m.words.W {
		if v != words[i] {
			t.Fatal("a frozen weight moved")
		}
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, nil, m.Entries()); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := encoder.Load(f, config, encoder.Options{Set: kernel.Best()}); err != nil {
		t.Errorf("what was trained does not load: %v", err)
	}
}

func TestAdamWFollowsItsFormula(t *testing.T) {
	t.Parallel()
	p := NewParam("w", []int{1, 1}, []float32{0.5})
	o := AdamW{Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Decay: 0.1}
	w, m, v := 0.5, 0.0, 0.0
	for step, g := range []float64{0.3, -0.2, 0.7} {
		p.G[0] = float32(g)
		if norm := o.Step(crew(t, 1), []*Param{p}, 0.01); math.Abs(norm-math.Abs(g)) > 1e-6 {
			t.Errorf("norm %v, want %v", norm, math.Abs(g))
		}
		m, v = 0.9*m+0.1*g, 0.99*v+0.01*g*g
		w = w*(1-0.01*0.1) - 0.01*(m/(1-math.Pow(0.9, float64(step+1))))/(math.Sqrt(v/(1-math.Pow(0.99, float64(step+1))))+1e-8)
		if math.Abs(float64(p.W[0])-w) > 1e-6 {
			t.Errorf("step %d: weight %v, want %v", step, p.W[0], w)
		}
		if p.G[0] != 0 {
			t.Error("the gradient is not cleared")
		}
	}
}

func TestCrossEntropyGradient(t *testing.T) {
	t.Parallel()
	logits := []float32{0.3, -1.2, 2, 0.1}
	got := append([]float32(nil), logits...)
	loss := CrossEntropy(got, 1, 2)
	for i := range logits {
		moved := append([]float32(nil), logits...)
		moved[i] += 1e-2
		up := CrossEntropy(moved, 1, 2)
		if d := (up - loss) / 1e-2 * 2; math.Abs(d-float64(got[i])) > 0.02 {
			t.Errorf("gradient %d = %v, finite difference %v", i, got[i], d)
		}
	}
}
