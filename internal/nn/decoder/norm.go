package decoder

import (
	"math"

	"merlon.dev/merlon/internal/nn/kernel"
)

// norm is RMSNorm, or LayerNorm where it has a beta.
type norm struct {
	kernel.Norm
	zero []float32 // what LayerNorm adds to a row
}

func (n norm) apply(set kernel.Set, dst, x []float32) {
	if n.Beta != nil {
		set.AddNorm(dst, x, n.zero, n.Norm)
		return
	}
	// Four sums, so that additions need not wait for one another; their order is fixed. Products are rounded before they are added, so that
	// the bits are the same on every processor.
	var a, b, c, d float32
	for r := x; len(r) >= 4; r = r[4:] {
		a += float32(r[0] * r[0])
		b += float32(r[1] * r[1])
		c += float32(r[2] * r[2])
		d += float32(r[3] * r[3])
	}
	mean := ((a + b) + (c + d)) / float32(len(x))
	f := float32(1 / math.Sqrt(float64(mean+n.Eps)))
	gamma := n.Gamma[:len(x)]
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = gamma[i] * (v * f)
	}
}

// swiGLU is dst = gate/(1+exp(-gate)) * up. The exponential has a relative error below 3e-7 and is held between e^-87 and e^87; the method is that of
// Cephes' expf: e^x = 2^n * e^r, |r| <= ln(2)/2. It stands in the loop because a call would cost as much again.
func swiGLU(dst, gate, up []float32) {
	const (
		high  = 0.693359375 // ln 2 in two parts
		low   = -2.12194440e-4
		magic = 3 << 22 // adding it rounds to a whole number
	)
	gate, up = gate[:len(dst)], up[:len(dst)]
	for i, g := range gate {
		x := -g
		if x > 87 {
			x = 87
		}
		if x < -87 {
			x = -87
		}
		n := float32(x*math.Log2E) + magic
		power := math.Float32bits(n) << 23
		n -= magic
		r := x - float32(n*high)
		r -= float32(n * low)
		p := float32(1.9875691500e-4)
		p = float32(p*r) + 1.3981999507e-3
		p = float32(p*r) + 8.3334519073e-3
		p = float32(p*r) + 4.1665795894e-2
		p = float32(p*r) + 1.6666665459e-1
		p = float32(p*r) + 5.0000001201e-1
		p = float32(float32(p*r)*r) + r + 1
		dst[i] = g / (1 + math.Float32frombits(math.Float32bits(p)+power)) * up[i]
	}
}
