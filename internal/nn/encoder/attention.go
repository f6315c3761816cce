package encoder

import (
	"math"

	"merlon.dev/merlon/internal/nn/kernel"
)

// queryRows is how many rows of scores are held at a time: a multiple of every tile height.
const queryRows = 48

// scoreStride is the length of a row of scores over n keys: whole panels of every tier.
func scoreStride(n int) int { return (n + 31) &^ 31 }

// attend gathers the values of one head over one sequence: softmax(Q*K'/sqrt(d)) * V.
func (p *pass) attend(mine *scratch, seq, head int) {
	e := p.e
	width := e.hidden / e.config.Heads
	from, to := bounds(p.ends, seq)
	n, at := to-from, head*width
	q := p.projected.Slice(from, to).Columns(at, at+width)
	out := p.context.Slice(from, to).Columns(at, at+width)

	keys := e.set.PackTransposed(mine.keys, p.projected.Slice(from, to).Columns(e.hidden+at, e.hidden+at+width)).Whole()
	values := e.set.Pack(mine.values, p.projected.Slice(from, to).Columns(2*e.hidden+at, 2*e.hidden+at+width))
	scale := float32(1 / math.Sqrt(float64(width)))
	stride := scoreStride(n)
	for i := 0; i < n; i += queryRows {
		m := min(queryRows, n-i)
		scores := kernel.Of(mine.scores, m, stride)
		e.set.MatMul(scores.Columns(0, keys.N), q.Slice(i, i+m), keys, nil)
		e.set.Softmax(scores, n, scale)
		e.set.MatMul(out.Slice(i, i+m), scores.Columns(0, n), values, nil)
	}
}
