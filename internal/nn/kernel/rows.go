package kernel

import "math"

// Add is dst = a + b. The slices are of one length, a multiple of Lanes; dst may be a or b.
func (s Set) Add(dst, a, b []float32) {
	must(len(a) == len(dst) && len(b) == len(dst), "Add takes rows of one length")
	if len(dst) > 0 {
		s.add(span(dst), span(a), span(b), len(dst))
	}
}

// ScaleAdd is dst += scale*a. The slices are of one length, a multiple of Lanes.
func (s Set) ScaleAdd(dst, a []float32, scale float32) {
	must(len(a) == len(dst), "ScaleAdd takes rows of one length")
	if len(dst) > 0 {
		s.scaleAdd(span(dst), span(a), len(dst), scale)
	}
}

// GELU is dst = x*Phi(x) with the exact normal distribution, absolute error 1e-6. The slices are of one length, a
// multiple of Lanes; dst may be x.
func (s Set) GELU(dst, x []float32) {
	must(len(x) == len(dst), "GELU takes rows of one length")
	if len(dst) > 0 {
		s.gelu(span(dst), span(x), len(dst))
	}
}

// GELUGradient is dst = dy * d GELU(x)/dx, absolute error of the factor 1e-6. As GELU otherwise.
func (s Set) GELUGradient(dst, dy, x []float32) {
	must(len(x) == len(dst) && len(dy) == len(dst), "GELUGradient takes rows of one length")
	if len(dst) > 0 {
		s.geluGradient(span(dst), span(dy), span(x), len(dst))
	}
}

// GELUTanh is the approximation of GELU by tanh that some models are trained with. As GELU otherwise.
func (s Set) GELUTanh(dst, x []float32) {
	must(len(x) == len(dst), "GELUTanh takes rows of one length")
	if len(dst) > 0 {
		s.geluTanh(span(dst), span(x), len(dst))
	}
}

// Softmax turns the first n values of each row into softmax(scale*x) and the others into 0. Columns are a multiple of
// Lanes; n and scale are positive.
func (s Set) Softmax(x Matrix, n int, scale float32) {
	x.check()
	must(n > 0 && n <= x.Cols, "Softmax takes at least one value")
	if x.Rows == 0 {
		return
	}
	for i := range x.Rows {
		for k := n; k < x.Cols; k++ {
			x.Data[i*x.Stride+k] = float32(math.Inf(-1))
		}
	}
	s.softmax(span(x.Row(0)), x.Cols, x.Rows, x.Stride*4, scale*math.Log2E)
	if n < x.Cols {
		for i := range x.Rows {
			clear(x.Row(i)[n:])
		}
	}
}

// Norm holds the weights of a LayerNorm: Gamma and Beta as long as a row, Eps added to the variance.
type Norm struct {
	Gamma, Beta []float32
	Eps         float32
}

// AddNorm is dst = LayerNorm(x + res). The slices are of one length, a multiple of Lanes; dst may be x or res.
func (s Set) AddNorm(dst, x, res []float32, w Norm) {
	must(len(x) == len(dst) && len(res) == len(dst) && len(w.Gamma) == len(dst) && len(w.Beta) == len(dst), "AddNorm takes rows of one length")
	s.addNorm(span(dst), span(x), span(res), span(w.Gamma), span(w.Beta), len(dst), float32(len(dst)), w.Eps)
}

// RootNorm is dst = gamma * x/sqrt(mean(x*x) + eps), the norm of the Llama family. The slices are of one length, a multiple of Lanes;
// dst may be x.
func (s Set) RootNorm(dst, x, gamma []float32, eps float32) {
	must(len(x) == len(dst) && len(gamma) == len(dst), "RootNorm takes rows of one length")
	s.rootNorm(span(dst), span(x), span(gamma), len(dst), float32(len(dst)), eps)
}

// SwiGLU is dst = gate/(1+exp(-gate)) * up, relative error of the factor 3e-7. The slices are of one length, a multiple of Lanes; dst
// may be gate or up.
func (s Set) SwiGLU(dst, gate, up []float32) {
	must(len(gate) == len(dst) && len(up) == len(dst), "SwiGLU takes rows of one length")
	if len(dst) > 0 {
		s.swiGLU(span(dst), span(gate), span(up), len(dst))
	}
}

// Turn turns each pair (low[k], high[k]) by an angle of which cos[k] and sin[k] are given. The slices are of one length.
func (s Set) Turn(low, high, cos, sin []float32) {
	n := len(low)
	must(len(high) == n && len(cos) == n && len(sin) == n, "Turn takes rows of one length")
	if n == 0 || n%Lanes != 0 { // half a head may be 8 wide
		plainTurn(low, high, cos, sin)
		return
	}
	s.turn(&low[0], &high[0], &cos[0], &sin[0], n)
}

// span checks that a row is a multiple of Lanes and points at it.
func span(x []float32) *float32 {
	must(len(x) > 0 && len(x)%Lanes == 0, "a row is a multiple of 16 floats long")
	return &x[0]
}
