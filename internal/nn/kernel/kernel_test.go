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
