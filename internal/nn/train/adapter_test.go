package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// adapted is a layer of 20 inputs and 13 outputs with an adapter of rank 3 that changes something.
func adapted(t *testing.T) (*Linear, *Adapter) {
	t.Helper()
	l := NewLinear(kernel.Best(), NewParam("w", []int{13, 20}, direction(13, 20).Data), NewParam("b", []int{13}, direction(1, 13).Data))
	a, err := l.Adapt(3, 0.5, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	copy(a.Up.W, direction(13, 3).Data)
	return l, a
}

func TestAdapterGradientsByFiniteDifferences(t *testing.T) {
	t.Parallel()
	l, p := adapted(t)
	c, x, d := crew(t, 2), direction(7, 20), direction(7, 13)
	var a nn.Arena
	loss := func() float64 {
		a.Reset()
		y := kernel.NewMatrix(7, 13)
		l.Forward(c, &a, y, x)
		return lossOf(y, d)
	}
	dx := kernel.NewMatrix(7, 20)
	l.Backward(c, &a, dx, d, x)
	for _, g := range []struct {
		name string
		w, g []float32
	}{{"down", p.Down.W, p.Down.G}, {"up", p.Up.W, p.Up.G}, {"input", x.Data, dx.Data}} {
		for i := range g.w {
			const step = 1e-2
			kept := g.w[i]
			g.w[i] = kept + step
			up := loss()
			g.w[i] = kept - step
			down := loss()
			g.w[i] = kept
			if got := (up - down) / (2 * step); math.Abs(got-float64(g.g[i])) > 1e-2*math.Abs(got)+1e-2 {
				t.Errorf("%s[%d]: finite difference %v, gradient %v", g.name, i, got, g.g[i])
			}
		}
	}
	for _, g := range l.W.G {
		if g != 0 {
			t.Fatal("a frozen weight has a gradient")
		}
	}
}

func TestMergeKeepsTheOutput(t *testing.T) {
	t.Parallel()
	l, _ := adapted(t)
	c, x := crew(t, 1), direction(7, 20)
	var a nn.Arena
	before, after := kernel.NewMatrix(7, 13), kernel.NewMatrix(7, 13)
	l.Forward(c, &a, before, x)
	l.Merge()
	l.Forward(c, &a, after, x)
	for i, v := range before.Data {
		if d := math.Abs(float64(v - after.Data[i])); d > 1e-4 {
			t.Fatalf("output %d is off by %v", i, d)
		}
	}
}

func TestAdaptStartsWithoutChange(t *testing.T) {
	t.Parallel()
	l := NewLinear(kernel.Best(), NewParam("w", []int{13, 20}, direction(13, 20).Data), NewParam("b", []int{13}, direction(1, 13).Data))
	c, x := crew(t, 1), direction(7, 20)
	var a nn.Arena
	before, after := kernel.NewMatrix(7, 13), kernel.NewMatrix(7, 13)
	l.Forward(c, &a, before, x)
	if _, err := l.Adapt(4, 2, rand.New(rand.NewPCG(1, 2))); err != nil {
		t.Fatal(err)
	}
	l.Forward(c, &a, after, x)
	for i, v := range before.Data {
		if v != after.Data[i] {
			t.Fatalf("output %d changed", i)
		}
	}
	if _, err := l.Adapt(4, 2, rand.New(rand.NewPCG(1, 2))); err == nil {
		t.Error("a second adapter is taken")
	}
	for _, rank := range []int{0, 14} {
		other := NewLinear(kernel.Best(), NewParam("w", []int{13, 20}, make([]float32, 260)), NewParam("b", []int{13}, make([]float32, 13)))
		if _, err := other.Adapt(rank, 1, rand.New(rand.NewPCG(1, 2))); err == nil {
			t.Errorf("rank %d is taken", rank)
		}
	}
}

// TestOnlyAdaptersLearn trains a frozen model by the adapters of its query and value layers.
func TestOnlyAdaptersLearn(t *testing.T) {
	t.Parallel()
	m, _, _ := small(t, kernel.Best())
	var kept [][]float32
	for _, p := range m.Params {
		p.Frozen = true
		kept = append(kept, append([]float32(nil), p.W...))
	}
	if n := len(m.Linears()); n != 12 {
		t.Fatalf("%d linear layers in two blocks", n)
	}
	var params []*Param
	for i, l := range m.Linears() {
		if i%6 != 0 && i%6 != 2 {
			continue
		}
		a, err := l.Adapt(4, 1, rand.New(rand.NewPCG(uint64(i), 2)))
		if err != nil {
			t.Fatal(err)
		}
		params = append(params, a.Down, a.Up)
	}
	c, b, o := crew(t, 1), someBatch(), AdamW{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}
	var first, last float64
	for step := range 30 { // towards a larger dot product with fixed numbers
		y := m.Forward(c, b)
		d := direction(y.Rows, y.Cols)
		last = lossOf(y, d)
		if step == 0 {
			first = last
		}
		for i := range d.Data {
			d.Data[i] = -d.Data[i]
		}
		m.Backward(c, d)
		o.Step(c, append(params, m.Params...), 1e-2)
	}
	if last < first+10 {
		t.Errorf("dot product %v, then %v", first, last)
	}
	t.Logf("dot product %.1f, then %.1f", first, last)
	for i, p := range m.Params {
		for k, v := range p.W {
			if v != kept[i][k] {
				t.Fatalf("%s moved", p.Name)
			}
		}
	}
}
