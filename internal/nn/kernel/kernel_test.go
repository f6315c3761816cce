package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// eachTier runs a test on every tier that this machine has.
func eachTier(t *testing.T, test func(t *testing.T, s Set)) {
	t.Helper()
	for _, tier := range Available() {
		s, err := Select(tier)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(string(tier), func(t *testing.T) {
			t.Parallel()
			test(t, s)
		})
	}
}

func normal(r *rand.Rand, n int, scale float64) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64() * scale)
	}
	return x
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// spread lays a matrix with a stride of its own over fresh data, filled with NaN between the rows.
func spread(rows, cols, gap int) Matrix {
	m := Matrix{make([]float32, rows*(cols+gap)), rows, cols, cols + gap}
	for i := range m.Data {
		m.Data[i] = float32(math.NaN())
	}
	return m
}

func TestMatMul(t *testing.T) {
	t.Parallel()
	eachTier(t, func(t *testing.T, s Set) {
		r := source(1)
		ran := 0
		for _, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25} {
			for _, n := range []int{1, 8, 17, 32, 33} {
				for _, k := range []int{1, 3, 4, 33, 385} {
					a, b, bias := spread(m, k, 3), NewMatrix(k, n), make([]float32, s.Padded(n))
					for i := range m {
						copy(a.Row(i), normal(r, k, 1))
					}
					copy(b.Data, normal(r, k*n, 1))
					copy(bias, normal(r, n, 1))
					c := spread(m, n, 5)
					s.MatMul(c, a, s.Pack(make([]float32, s.PackedLen(k, n)), b), bias)
					checkProduct(t, s, c, a, b, bias)
					for i := range m {
						copy(c.Row(i), bias)
					}
					s.MatMulAdd(c, a, s.Pack(make([]float32, s.PackedLen(k, n)), b))
					checkProduct(t, s, c, a, b, bias)
					ran++
				}
			}
		}
		if ran != 14*5*5 {
			t.Errorf("ran %d shapes", ran)
		}
	})
}

// checkProduct holds c against the chain of fused multiply-adds that MatMul promises (Plain: within 1e-5 of the sum
// of magnitudes), and sees that nothing is written between rows.
func checkProduct(t *testing.T, s Set, c, a, b Matrix, bias []float32) {
	t.Helper()
	for i := range c.Rows {
		for j := range c.Cols {
			want, size := bias[j], math.Abs(float64(bias[j]))
			for k := range a.Cols {
				want = fma(a.Row(i)[k], b.Row(k)[j], want)
				size += math.Abs(float64(a.Row(i)[k] * b.Row(k)[j]))
			}
			got := c.Row(i)[j]
			if s.Tier() == Plain && math.Abs(float64(got-want)) <= 1e-5*size {
				continue
			}
			if got != want {
				t.Fatalf("%dx%dx%d: c[%d][%d] = %v, want %v", c.Rows, c.Cols, a.Cols, i, j, got, want)
			}
		}
		for _, v := range c.Data[i*c.Stride+c.Cols : (i+1)*c.Stride] {
			if v == v {
				t.Fatalf("%dx%dx%d: row %d runs over", c.Rows, c.Cols, a.Cols, i)
			}
		}
	}
}

func TestPackTransposedEqualsPack(t *testing.T) {
	t.Parallel()
	eachTier(t, func(t *testing.T, s Set) {
		for _, n := range []int{1, 7, 8, 9, 31, 32, 40, 65} {
			for _, k := range []int{1, 3, 8, 15, 32, 64, 70} {
				b, bt := NewMatrix(k, n), spread(n, k, 2)
				copy(b.Data, normal(source(2), k*n, 1))
				for i := range k {
					for j := range n {
						bt.Row(j)[i] = b.Row(i)[j]
					}
				}
				want := s.Pack(make([]float32, s.PackedLen(k, n)), b)
				got := s.PackTransposed(normal(source(3), s.PackedLen(k, n), 1), bt)
				for i, v := range got.data {
					if v != want.data[i] {
						t.Fatalf("%dx%d: element %d = %v, want %v", k, n, i, v, want.data[i])
					}
				}
			}
		}
	})
}

func TestMatMulInt8(t *testing.T) {
	t.Parallel()
	eachTier(t, func(t *testing.T, s Set) {
		r := source(4)
		for _, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25} {
			for _, n := range []int{1, 8, 17, 32, 33} {
				for _, k := range []int{16, 32, 112, 1536} {
					q, scale, bias := make([]int8, n*k), normal(r, n, 0.01), normal(r, n, 1)
					for i := range q {
						q[i] = int8(r.IntN(255) - 127)
						if i%7 == 0 {
							q[i] = int8(127 - 254*r.IntN(2))
						}
					}
					a := BytesOf(make([]uint8, BytesLen(m, k)), make([]float32, m), m, k)
					for i := range m * k {
						v := uint8(1 + r.IntN(255))
						if i%5 == 0 {
							v = 1 + 254*uint8(r.IntN(2))
						}
						a.data[i*s.shape().size] = v
					}
					copy(a.Scale, normal(r, m, 0.1))
					c := spread(m, n, 5)
					s.MatMulInt8(c, a, s.PackInt8(q, n, k, scale, bias))
					checkInt8(t, s, c, a, q, scale, bias)
				}
			}
		}
	})
}

func checkInt8(t *testing.T, s Set, c Matrix, a Bytes, q []int8, scale, bias []float32) {
	t.Helper()
	for i := range c.Rows {
		for j := range c.Cols {
			var sum int32
			for k := range a.Cols {
				sum += (int32(a.data[(i*a.Cols+k)*s.shape().size]) - 128) * int32(q[j*a.Cols+k])
			}
			want := float32(float32(float32(sum)*a.Scale[i])*scale[j]) + bias[j]
			if got := c.Row(i)[j]; got != want {
				t.Fatalf("%dx%dx%d: c[%d][%d] = %v, want %v", c.Rows, c.Cols, a.Cols, i, j, got, want)
			}
		}
		for _, v := range c.Data[i*c.Stride+c.Cols : (i+1)*c.Stride] {
			if v == v {
				t.Fatalf("%dx%dx%d: row %d runs over", c.Rows, c.Cols, a.Cols, i)
			}
		}
	}
}

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
						want := run(Set{}, append([]float32(nil), x...), y)
						got := run(s, append([]float32(nil), x...), y)
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

func TestTiers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "avx2", "avx512", "neon", "neondot"} {
		if got, err := ParseTier(name); err != nil || string(got) != name {
			t.Errorf("ParseTier(%q) = %q, %v", name, got, err)
		}
	}
	if _, err := ParseTier("sse"); err == nil {
		t.Error("ParseTier takes an unknown name")
	}
	if _, err := Select("sse"); err == nil {
		t.Error("Select takes an unknown tier")
	}
	if got := (Set{}).Tier(); got != Plain {
		t.Errorf("the zero Set is %q", got)
	}
	t.Log(fmt.Sprint("tiers run here: ", Available()))
}

func TestWrongShapesPanic(t *testing.T) {
	t.Parallel()
	s := Set{}
	x, y := NewMatrix(2, 16), NewMatrix(2, 16)
	p := s.Pack(make([]float32, s.PackedLen(16, 16)), NewMatrix(16, 16))
	foreign := p
	foreign.width = 32
	for name, call := range map[string]func(){
		"rows differ":              func() { s.MatMul(NewMatrix(3, 16), x, p, nil) },
		"columns differ":           func() { s.MatMul(NewMatrix(2, 8), x, p, nil) },
		"short bias":               func() { s.MatMul(y, x, p, make([]float32, 15)) },
		"panels of another tier":   func() { s.MatMul(y, x, foreign, nil) },
		"matrix beyond its data":   func() { s.MatMul(y, Matrix{x.Data, 3, 16, 16}, p, nil) },
		"rows of two lengths":      func() { s.Add(make([]float32, 16), make([]float32, 16), make([]float32, 32)) },
		"a row that is no granule": func() { s.GELU(make([]float32, 8), make([]float32, 8)) },
		"softmax of nothing":       func() { s.Softmax(x, 0, 1) },
		"a weight of -128":         func() { s.PackInt8([]int8{15: -128}, 1, 16, []float32{1}, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is taken", name)
				}
			}()
			call()
		}()
	}
}
