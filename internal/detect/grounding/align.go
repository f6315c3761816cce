package grounding

import (
	"fmt"
	"math"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// sharp is how sharply a token aligns: its weights are the softmax of its likenesses times this.
const sharp = 20

// comparer tells the tower what in the source each token of a block looks most like, and how it differs: rows that were read apart do not
// show it.
type comparer struct {
	set            kernel.Set
	centre, spread []float32  // mean and deviation of the trunk's rows, by which they are compared
	narrow, widen  *nn.Linear // from differences and likeness to what is added to a row
}

func loadComparer(weights *safetensors.File, set kernel.Set, hidden int) (c comparer, err error) {
	c.set = set
	if c.centre, err = weights.Float32s("centre"); err != nil {
		return c, err
	}
	if c.spread, err = weights.Float32s("spread"); err != nil {
		return c, err
	}
	narrow, err := weights.Float32s("narrow.weight")
	if err != nil {
		return c, err
	}
	bias, err := weights.Float32s("narrow.bias")
	if err != nil {
		return c, err
	}
	widen, err := weights.Float32s("widen.weight")
	if err != nil {
		return c, err
	}
	in, middle := 2*hidden+1, len(bias)
	if len(c.centre) != hidden || len(c.spread) != hidden || len(narrow) != middle*in || len(widen) != hidden*middle {
		return c, fmt.Errorf("centre, spread, narrow and widen have %d, %d, %d and %d weights, which do not fit rows of %d", len(c.centre), len(c.spread), len(narrow), len(widen), hidden)
	}
	for _, v := range c.spread {
		if !(v > 0) {
			return c, fmt.Errorf("spread holds %v", v)
		}
	}
	if c.narrow, err = nn.NewLinear(set, kernel.Of(narrow, middle, in), bias); err != nil {
		return c, err
	}
	c.widen, err = nn.NewLinear(set, kernel.Of(widen, hidden, middle), make([]float32, hidden))
	return c, err
}

// like puts rows in deviations from the mean and makes them of length 1, so that products are likenesses.
func (c comparer) like(rows nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(rows.Rows, rows.Cols)
	for i := range rows.Rows {
		to := out.Row(i)
		var square float64
		for k, v := range rows.Row(i) {
			to[k] = (v - c.centre[k]) / c.spread[k]
			square += float64(float64(to[k]) * float64(to[k]))
		}
		length := float32(math.Sqrt(square))
		for k := range to {
			to[k] /= length
		}
	}
	return out
}

// aligned is the source's rows, packed to be compared with.
type aligned struct {
	keys, values kernel.Panels
	n            int
}

// inner is the rows of a window without those of the frame.
func (w window) inner() nn.Matrix {
	if w.rows.Rows <= 2 {
		return w.rows.Slice(0, 0)
	}
	return w.rows.Slice(1, w.rows.Rows-1)
}

// pack makes windows of the source ready; nil where they have no token.
func (c comparer) pack(windows []window) *aligned {
	n := 0
	for _, w := range windows {
		n += w.inner().Rows
	}
	if n == 0 {
		return nil
	}
	all := kernel.NewMatrix(n, len(c.centre))
	at := 0
	for _, w := range windows {
		rows := w.inner()
		for i := range rows.Rows {
			copy(all.Row(at), rows.Row(i))
			at++
		}
	}
	return &aligned{
		keys:   c.set.PackTransposed(make([]float32, c.set.PackedLen(all.Cols, n)), c.like(all)).Whole(),
		values: c.set.Pack(make([]float32, c.set.PackedLen(n, all.Cols)), all), n: n,
	}
}

// compare adds to dst, the inner rows of w with their marks, what comparing them with the source says, and gives each one's greatest
// likeness.
func (c comparer) compare(dst nn.Matrix, w window, source *aligned) []float32 {
	rows := w.inner()
	best := make([]float32, rows.Rows)
	if source == nil || rows.Rows == 0 {
		return best
	}
	hidden := rows.Cols
	weights := kernel.NewMatrix(rows.Rows, source.keys.N)
	c.set.MatMul(weights, c.like(rows), source.keys, nil)
	for i := range best {
		best[i] = weights.Row(i)[0]
		for _, v := range weights.Row(i)[:source.n] {
			best[i] = max(best[i], v)
		}
	}
	c.set.Softmax(weights, source.n, sharp)
	mean := kernel.NewMatrix(rows.Rows, hidden)
	c.set.MatMul(mean, weights.Columns(0, source.n), source.values, nil)
	in := kernel.NewMatrix(rows.Rows, 2*hidden+1)
	for i := range rows.Rows {
		to, from := in.Row(i), rows.Row(i)
		for k, v := range mean.Row(i) {
			d := (v - from[k]) / c.spread[k]
			to[k], to[hidden+k] = d, max(d, -d)
		}
		to[2*hidden] = best[i]
	}
	middle := kernel.NewMatrix(rows.Rows, c.narrow.Out)
	c.narrow.Apply(middle, in, kernel.Bytes{})
	for i := range middle.Rows {
		for k, v := range middle.Row(i) {
			middle.Row(i)[k] = float32(math.Tanh(float64(v)))
		}
	}
	c.widen.Apply(mean, middle, kernel.Bytes{})
	for i := range rows.Rows {
		c.set.Add(dst.Row(i), dst.Row(i), mean.Row(i))
	}
	return best
}
