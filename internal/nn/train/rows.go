package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
)

// norm is a LayerNorm with gradients.
type norm struct {
	gamma, beta *Param
	eps         float32
}

// normed is what one pass of a norm keeps for the way back: rows scaled to mean 0 and variance 1, and by how much.
type normed struct {
	x      nn.Matrix
	factor []float32
}

// forward writes the norm of x + res, row by row.
func (n norm) forward(crew *nn.Crew, y, x, res nn.Matrix, keep normed) {
	each(crew, x.Rows, func(from, to int) {
		for i := from; i < to; i++ {
			var sum, square float64
			k, r, s := keep.x.Row(i), res.Row(i), x.Row(i)
			for j, v := range s {
				k[j] = v + r[j]
				sum += float64(k[j])
			}
			mean := float32(sum / float64(len(k)))
			for _, v := range k {
				square += float64(v-mean) * float64(v-mean)
			}
			f := float32(1 / math.Sqrt(square/float64(len(k))+float64(n.eps)))
			out := y.Row(i)
			for j, v := range k {
				k[j] = (v - mean) * f
				out[j] = k[j]*n.gamma.W[j] + n.beta.W[j]
			}
			keep.factor[i] = f
		}
	})
}

// backward turns dy into the gradient of x + res, in place, and adds to those of gamma and beta.
func (n norm) backward(crew *nn.Crew, dy nn.Matrix, keep normed) {
	if !n.gamma.Frozen || !n.beta.Frozen {
		each(crew, dy.Cols, func(from, to int) {
			dg, db := n.gamma.G[from:to], n.beta.G[from:to]
			for i := range dy.Rows {
				x := keep.x.Row(i)[from:to]
				for j, v := range dy.Row(i)[from:to] {
					dg[j] += v * x[j]
					db[j] += v
				}
			}
		})
	}
	each(crew, dy.Rows, func(from, to int) {
		for i := from; i < to; i++ {
			d, x := dy.Row(i), keep.x.Row(i)
			var sum, dot float64
			for j := range d {
				d[j] *= n.gamma.W[j]
				sum += float64(d[j])
				dot += float64(d[j]) * float64(x[j])
			}
			a, b, f := float32(sum/float64(len(d))), float32(dot/float64(len(d))), keep.factor[i]
			for j := range d {
				d[j] = (d[j] - a - x[j]*b) * f
			}
		}
	})
}

// softmaxBackward turns dp, the gradient of p = softmax(scale*s), into that of s, for the first n columns.
func softmaxBackward(dp, p []float32, scale float32) {
	var dot float64
	for i, v := range p {
		dot += float64(v) * float64(dp[i])
	}
	d := float32(dot)
	for i, v := range p {
		dp[i] = v * (dp[i] - d) * scale
	}
}

// CrossEntropy is the loss of logits for the right class, the natural logarithm of its probability negated. It turns
// logits into their gradient times weight.
func CrossEntropy(logits []float32, class int, weight float32) float64 {
	top := logits[0]
	for _, v := range logits {
		top = max(top, v)
	}
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v - top))
	}
	loss := math.Log(sum) - float64(logits[class]-top)
	for i, v := range logits {
		logits[i] = float32(math.Exp(float64(v-top))/sum) * weight
	}
	logits[class] -= weight
	return loss
}
