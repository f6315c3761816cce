package encoder

import (
	"math"

	"merlon.dev/merlon/internal/nn/kernel"
)

// queryRows is how many rows of scores are held at a time: a multiple of every tile height.
const queryRows = 48

// scoreStride is the length of a row of scores over n keys: whole panels of every tier.
func scoreStride(n int) int { return (n + 31) &^ 31 }

// attend gathers the values of one head over one sequence, and over what is shared: softmax(Q*K'/sqrt(d)) * V.
func (p *pass) attend(mine *scratch, seq, head int) {
	e := p.e
	width := e.hidden / e.config.Heads
	from, to := bounds(p.ends, seq)
	own, at := to-from, head*width
	n := own + p.before(seq)
	q := p.projected.Slice(from, to).Columns(at, at+width)
	out := p.context.Slice(from, to).Columns(at, at+width)

	keys := e.set.PackTransposed(mine.keys, p.seen(mine, seq, e.hidden+at, width)).Whole()
	values := e.set.Pack(mine.values, p.seen(mine, seq, 2*e.hidden+at, width))
	scale := float32(1 / math.Sqrt(float64(width)))
	stride := scoreStride(n)
	for i := 0; i < own; i += queryRows {
		m := min(queryRows, own-i)
		scores := kernel.Of(mine.scores, m, stride)
		e.set.MatMul(scores.Columns(0, keys.N), q.Slice(i, i+m), keys, nil)
		e.set.Softmax(scores, n, scale)
		e.set.MatMul(out.Slice(i, i+m), scores.Columns(0, n), values, nil)
	}
}

// seen gives columns of the projected rows that a sequence attends to: what is shared, then its own.
func (p *pass) seen(mine *scratch, seq, at, width int) kernel.Matrix {
	from, to := bounds(p.ends, seq)
	own := p.projected.Slice(from, to).Columns(at, at+width)
	shared := p.before(seq)
	if shared == 0 {
		return own
	}
	all := mine.gathered.Slice(0, shared+own.Rows)
	for i := range shared {
		copy(all.Row(i), p.projected.Row(i)[at:at+width])
	}
	for i := range own.Rows {
		copy(all.Row(shared+i), own.Row(i))
	}
	return all
}
