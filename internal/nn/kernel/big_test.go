package kernel

import "math/big"

// fmaBig is a*b + c rounded once to float32, by way of exact arithmetic.
func fmaBig(a, b, c float32) float32 {
	exact := func(x float32) *big.Float { return new(big.Float).SetPrec(2000).SetFloat64(float64(x)) }
	p := new(big.Float).SetPrec(2000).Mul(exact(a), exact(b))
	v, _ := p.Add(p, exact(c)).Float32()
	return v
}
