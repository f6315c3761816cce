package kernel

import (
	"math"
	"slices"
	"testing"
)

// rowKernels names every element-wise kernel; each returns what it computed from rows x and y.
var rowKernels = map[string]func(s Set, x, y []float32) []float32{
	"add":       func(s Set, x, y []float32) []float32 { d := make([]float32, len(x)); s.Add(d, x, y); return d },
	"scale add": func(s Set, x, y []float32) []float32 { s.ScaleAdd(x, y, 0.37); return x },
	"gelu":      func(s Set, x, y []float32) []float32 { d := make([]float32, len(x)); s.GELU(d, x); return d },
	"gelu gradient": func(s Set, x, y []float32) []float32 {
		d := make([]float32, len(x))
		s.GELUGradient(d, y, x)
		return d
	},
	"gelu tanh": func(s Set, x, y []float32) []float32 { s.GELUTanh(x, x); return x },
	"softmax":   func(s Set, x, y []float32) []float32 { s.Softmax(Of(x, 1, len(x)), len(x), 0.7); return x },
	"softmax of a part": func(s Set, x, y []float32) []float32 {
		three := spread(3, len(x), 16)
		for i := range 3 {
			copy(three.Row(i), x)
			three.Row(i)[i] += 2
		}
		s.Softmax(three, len(x)-11, 0.7)
		return append(append(append([]float32{three.Data[len(x)+1]}, three.Row(0)...), three.Row(1)...), three.Row(2)...)
	},
	"add norm": func(s Set, x, y []float32) []float32 {
		gamma, beta := normal(source(7), len(x), 1), normal(source(8), len(x), 1)
		s.AddNorm(x, x, y, Norm{gamma, beta, 1e-12})
		return x
	},
	"root norm": func(s Set, x, y []float32) []float32 { s.RootNorm(x, x, y, 1e-6); return x },
	"swiglu":    func(s Set, x, y []float32) []float32 { d := make([]float32, len(x)); s.SwiGLU(d, x, y); return d },
	"turn": func(s Set, x, y []float32) []float32 {
		cos, sin := normal(source(9), len(x), 1), normal(source(10), len(x), 1)
		s.Turn(x, y, cos, sin)
		return append(x, y...)
	},
	"quantise": func(s Set, x, y []float32) []float32 {
		b := BytesOf(make([]uint8, BytesLen(1, len(x))), make([]float32, 1), 1, len(x))
		s.Quantise(b, Of(x, 1, len(x)), y)
		d := []float32{b.Scale[0]}
		for i := range x {
			d = append(d, float32(b.data[i*s.shape().size]))
		}
		return d
	},
}

func TestRowKernelsEqualPlainBitForBit(t *testing.T) {
	t.Parallel()
	for name, run := range rowKernels {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachTier(t, func(t *testing.T, s Set) {
				for _, n := range []int{16, 32, 48, 64, 80, 112, 384, 1536} {
					for _, scale := range []float64{0, 1e-3, 0.3, 1, 5, 60} {
						x, y := normal(source(5), n, scale), normal(source(6), n, scale)
						want := run(Set{}, slices.Clone(x), slices.Clone(y))
						got := run(s, slices.Clone(x), slices.Clone(y))
						for i := range want {
							if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] != 0 || want[i] != 0) {
								t.Fatalf("n %d scale %v: element %d of %s = %v, want %v", n, scale, i, name, got[i], want[i])
							}
						}
					}
				}
			})
		})
	}
}

func TestRowKernelsAgainstMath(t *testing.T) {
	t.Parallel()
	x := make([]float32, 16*4096)
	for i := range x {
		x[i] = float32(i-len(x)/2) / float32(len(x)) * 24
	}
	got, tanh := make([]float32, len(x)), make([]float32, len(x))
	Best().GELU(got, x)
	Best().GELUTanh(tanh, x)
	slope, ones := make([]float32, len(x)), make([]float32, len(x))
	for i := range ones {
		ones[i] = 1
	}
	Best().GELUGradient(slope, ones, x)
	for i, v := range x {
		f := float64(v)
		if want := f * 0.5 * (1 + math.Erf(f/math.Sqrt2)); math.Abs(float64(got[i])-want) > 2e-6 {
			t.Fatalf("gelu(%v) = %v, want %v", v, got[i], want)
		}
		if want := 0.5*(1+math.Erf(f/math.Sqrt2)) + f*math.Exp(-f*f/2)/math.Sqrt(2*math.Pi); math.Abs(float64(slope[i])-want) > 2e-6 {
			t.Fatalf("gelu gradient(%v) = %v, want %v", v, slope[i], want)
		}
		if want := f * 0.5 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(f+0.044715*f*f*f))); math.Abs(float64(tanh[i])-want) > 2e-6 {
			t.Fatalf("gelu tanh(%v) = %v, want %v", v, tanh[i], want)
		}
		if math.Abs(f) < 87 {
			if e := float64(exp(v)) / math.Exp(f); math.Abs(e-1) > 2e-7 {
				t.Fatalf("exp(%v) is off by %v", v, e-1)
			}
		}
	}
}

func TestSwiGLU(t *testing.T) {
	t.Parallel()
	var gate, up []float32
	for x := float32(-200); x < 200; x += 0.0137 {
		gate, up = append(gate, x), append(up, 2)
	}
	gate, up = gate[:len(gate)/Lanes*Lanes], up[:len(up)/Lanes*Lanes]
	got := make([]float32, len(gate))
	Best().SwiGLU(got, gate, up)
	for i, g := range gate {
		want := 2 * float64(g) / (1 + math.Exp(-float64(g)))
		if e := math.Abs(float64(got[i]) - want); e > 5e-7*math.Abs(want)+1e-30 {
			t.Fatalf("SwiGLU(%v) = %v, want %v", g, got[i], want)
		}
	}
}

func TestFMARoundsOnce(t *testing.T) {
	t.Parallel()
	r := source(9)
	bits := func() float32 { return math.Float32frombits(r.Uint32()&0x807fffff | uint32(100+r.IntN(56))<<23) }
	for range 200000 {
		a, b, c := bits(), bits(), bits()
		// 12-bit factors make ties likely.
		a, b = math.Float32frombits(math.Float32bits(a)&^0x7ff), math.Float32frombits(math.Float32bits(b)&^0x7ff)
		want := fmaBig(a, b, c)
		if got := fma(a, b, c); got != want {
			t.Fatalf("fma(%v, %v, %v) = %v, want %v", a, b, c, got, want)
		}
	}
}
