package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"merlon.dev/merlon/internal/nn/kernel"
)

func random(r *rand.Rand, rows, cols int) Matrix {
	m := kernel.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// product is x*W' + b in float64.
func product(x, w Matrix, bias []float32) [][]float64 {
	out := make([][]float64, x.Rows)
	for i := range out {
		out[i] = make([]float64, w.Rows)
		for n := range w.Rows {
			out[i][n] = float64(bias[n])
			for k, v := range x.Row(i) {
				out[i][n] += float64(v) * float64(w.Row(n)[k])
			}
		}
	}
	return out
}

// off is the root of the mean square difference, over that of want.
func off(got Matrix, want [][]float64) float64 {
	var d, size float64
	for i := range want {
		for n, v := range want[i] {
			d += (float64(got.Row(i)[n]) - v) * (float64(got.Row(i)[n]) - v)
			size += v * v
		}
	}
	return math.Sqrt(d / size)
}

func TestLinear(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	x, w, bias := random(r, 9, 64), random(r, 37, 64), random(r, 1, 37).Data
	for k := range 64 { // one input in 16 is much larger, as in real models
		if k%16 == 3 {
			for i := range x.Rows {
				x.Row(i)[k] *= 30
			}
		}
	}
	want := product(x, w, bias)
	c := NewCalibration()
	c.Observe("l", x)
	exact, err := NewLinear(kernel.Best(), w, bias)
	if err != nil {
		t.Fatal(err)
	}
	limits := []struct {
		name  string
		layer *Linear
		limit float64
	}{{"f32", exact, 1e-6}}
	for name, peak := range map[string][]float32{"int8": nil, "int8 calibrated": c.Peak("l")} {
		l, err := NewInt8Linear(kernel.Best(), Quantise(w, peak), bias)
		if err != nil {
			t.Fatal(err)
		}
		limit := 0.02
		if peak != nil {
			limit = 0.01
		}
		limits = append(limits, struct {
			name  string
			layer *Linear
			limit float64
		}{name, l, limit})
	}
	var a Arena
	for _, l := range limits {
		y := kernel.NewMatrix(9, 37)
		l.layer.Apply(y, x, a.Quantised(9, 64))
		if got := off(y, want); got > l.limit {
			t.Errorf("%s: off by %v, limit %v", l.name, got, l.limit)
		} else {
			t.Logf("%s: off by %.2g", l.name, got)
		}
	}
}

func TestLinearRefusesWrongShapes(t *testing.T) {
	t.Parallel()
	w := kernel.NewMatrix(3, 16)
	if _, err := NewLinear(kernel.Best(), w, make([]float32, 2)); err == nil {
		t.Error("two biases for three outputs")
	}
	q := Quantise(w, nil)
	if _, err := NewInt8Linear(kernel.Best(), q, make([]float32, 2)); err == nil {
		t.Error("two biases for three int8 outputs")
	}
	if _, err := NewInt8Linear(kernel.Best(), Quantise(kernel.NewMatrix(3, 8), nil), make([]float32, 3)); err == nil {
		t.Error("eight inputs of int8")
	}
}

func TestUncalibratedLayerHasNoPeak(t *testing.T) {
	t.Parallel()
	var none *Calibration
	if none.Peak("l") != nil || NewCalibration().Peak("l") != nil {
		t.Error("a peak out of nothing")
	}
}
