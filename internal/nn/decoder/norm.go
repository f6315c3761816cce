package decoder

import "merlon.dev/merlon/internal/nn/kernel"

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
	set.RootNorm(dst, x, n.Gamma, n.Eps)
}
