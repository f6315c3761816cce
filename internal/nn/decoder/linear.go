package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// linear is y = x*W' + b, or for a gated layer the pair of both its halves. Workers share it by units: outputs that fill whole panels, so that
// the weights of units side by side lie side by side in memory. It is immutable.
type linear struct {
	in, out int
	unit    int  // outputs of a unit; the last one may have fewer
	gated   bool // a unit has its gates and, as many again, what they let pass
	panels  kernel.Panels
	bias    []float32
	weights kernel.Weights
	ones    []float32 // the factor of each input before it is quantised; nil for f32
}

// gatedUnit is the outputs of a gated layer's unit: as many as the kernel has in hand at a time, and whole panels of every tier.
const gatedUnit = 64

// precision is how weights are kept.
type precision struct {
	set  kernel.Set
	int8 bool
}

// linear packs weights, out x in, with a bias, or nil for none. If twin has rows, it is a gated layer: w holds the gates.
func (p precision) linear(w, twin nn.Matrix, bias, twinBias []float32) *linear {
	l := &linear{in: w.Cols, out: w.Rows, gated: twin.Rows > 0, unit: max(p.set.Padded(1), granule)} // whole panels and whole lanes
	if l.gated {
		l.unit = gatedUnit
		w, bias = l.weave(w, twin), l.weave(column(bias, l.out), column(twinBias, l.out)).Data
	}
	if p.int8 {
		l.ones = make([]float32, l.in)
		for i := range l.ones {
			l.ones[i] = 1
		}
		q := nn.Quantise(w, nil)
		l.weights = p.set.PackInt8(q.Data, q.Out, q.In, q.Scale, bias)
		return l
	}
	l.bias = make([]float32, p.set.Padded(w.Rows))
	copy(l.bias, bias)
	l.panels = p.set.PackTransposed(make([]float32, p.set.PackedLen(w.Cols, w.Rows)), w)
	return l
}

// column is a bias as a matrix of n rows.
func column(bias []float32, n int) nn.Matrix {
	if bias == nil {
		return kernel.NewMatrix(n, 1)
	}
	return kernel.Of(bias, n, 1)
}

// weave lays the rows of two matrices one unit after another in turns.
func (l *linear) weave(a, b nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(a.Rows+b.Rows, a.Cols)
	at := 0
	for from := 0; from < a.Rows; from += l.unit {
		for _, m := range []nn.Matrix{a, b} {
			for i := from; i < min(from+l.unit, a.Rows); i++ {
				copy(out.Row(at), m.Row(i))
				at++
			}
		}
	}
	return out
}

// units is how many units there are.
func (l *linear) units() int { return (l.out + l.unit - 1) / l.unit }

// outputs is which outputs units [from, to) give.
func (l *linear) outputs(from, to int) (first, end int) { return from * l.unit, min(to*l.unit, l.out) }

// columns is how many columns the product of units [from, to) has.
func (l *linear) columns(from, to int) int {
	first, end := l.outputs(from, to)
	if l.gated {
		return 2 * (end - first)
	}
	return end - first
}

// input is rows on their way into a linear layer.
type input struct {
	rows nn.Matrix
	q    kernel.Bytes
}

// take readies rows for l; q is room for them quantised.
func (l *linear) take(set kernel.Set, rows nn.Matrix, q kernel.Bytes) input {
	in := input{rows: rows}
	if l.ones != nil {
		in.q = q.Reshape(rows.Rows, rows.Cols)
		set.Quantise(in.q, rows, l.ones)
	}
	return in
}

// apply writes the product of units [from, to) for each row; dst has their columns.
func (l *linear) apply(set kernel.Set, dst nn.Matrix, in input, from, to int) {
	first, _ := l.outputs(from, to)
	if l.gated {
		first *= 2
	}
	if l.ones != nil {
		set.MatMulInt8(dst, in.q, l.weights.Columns(first, first+dst.Cols))
		return
	}
	set.MatMul(dst, in.rows, l.panels.Columns(first, first+dst.Cols), l.bias[first:])
}
