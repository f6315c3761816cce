package grounding

import (
	"math"

	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// sharp is by how much the attention that goes by likeness alone prefers what is more alike.
const sharp = 20

// comparer doubts a sentence whose tokens are not found again in the source. It is immutable. train/grounding/comparison.py tells what it is and
// fits it.
//
// It sees the trunk's rows, to which nothing was fitted, before the tower reads them, and so errs elsewhere than the tower does.
type comparer struct {
	set        kernel.Set
	middle     []float32 // mean of all rows
	likeness   float32   // what likeness counts beside what is learned
	query, key linear
	own, value linear
	token, top layers
}

// readComparer reads the network over rows of width hidden.
func readComparer(weights *safetensors.File, set kernel.Set, hidden int) (*comparer, error) {
	r := &layerReader{weights: weights, set: set, prefix: "compare."}
	keys, narrow, pooled := r.size("key"), r.size("own"), r.size("token.2")
	likeness := r.vector("likeness", 1)
	c := &comparer{
		set: set, middle: r.vector("middle", hidden),
		query: r.layer("query", keys, hidden), key: r.layer("key", keys, hidden), own: r.layer("own", narrow, hidden), value: r.layer("value", narrow, hidden),
		token: r.layers("token", 5*narrow+tokenSeen, pooled), top: r.layers("top", 2*pooled+1, 1),
	}
	if r.err != nil {
		return nil, r.err
	}
	c.likeness = likeness[0]
	return c, nil
}

// evidence is a part of the source as sentences are held against it.
type evidence struct {
	tokens     int
	rows, keys kernel.Panels // of the directions of its tokens, and of what they are looked for by
	values     kernel.Panels
}

// evidence prepares the trunk's rows of a part of the source, at least one.
func (c *comparer) evidence(source nn.Matrix) evidence {
	rows := c.directions(source)
	keys, values := c.key.apply(rows), c.value.apply(rows)
	return evidence{rows.Rows, transposed(c.set, rows), transposed(c.set, keys), c.set.Pack(make([]float32, c.set.PackedLen(values.Rows, values.Cols)), values).Whole()}
}

func transposed(set kernel.Set, m nn.Matrix) kernel.Panels {
	return set.PackTransposed(make([]float32, set.PackedLen(m.Cols, m.Rows)), m).Whole()
}

// doubt is what a sentence's logit loses by the evidence, at most 0: that every token is found again proves nothing, since what belongs to what
// is not seen here. Of the sentence the trunk's rows are given, at least one, and the marks of its tokens.
func (c *comparer) doubt(e evidence, sentence nn.Matrix, marks []pair.Mark) float32 {
	rows := c.directions(sentence)
	likeness := kernel.NewMatrix(rows.Rows, e.rows.N)
	c.set.MatMul(likeness, rows, e.rows, nil)
	learned := kernel.NewMatrix(rows.Rows, e.rows.N)
	for i, x := range likeness.Data {
		learned.Data[i] = c.likeness * x
	}
	c.set.MatMulAdd(learned, c.query.apply(rows), e.keys)

	own := c.own.apply(rows)
	narrow := own.Cols
	x := kernel.NewMatrix(rows.Rows, 5*narrow+tokenSeen)
	for i := range x.Rows {
		first, second := greatest(likeness.Row(i)[:e.tokens])
		seen := x.Row(i)[5*narrow:]
		seen[0], seen[1] = first, (first+second)/2
		seen[2+marks[i]] = 1
	}
	found, like := c.attend(learned, 1, e), c.attend(likeness, sharp, e)
	for i := range x.Rows {
		row, o, f := x.Row(i), own.Row(i), found.Row(i)
		copy(row, o)
		copy(row[narrow:], f)
		for k, v := range f {
			row[2*narrow+k] = float32(math.Abs(float64(o[k] - v)))
			row[3*narrow+k] = o[k] * v
		}
		copy(row[4*narrow:], like.Row(i))
	}
	top := pooled(c.token.apply(x))
	top = append(top, float32(math.Log1p(float64(rows.Rows)))/4)
	return min(0, c.top.apply(kernel.Of(top, 1, len(top))).Row(0)[0])
}

// attend gives each token the mean of the values by its weights, which it turns into shares.
func (c *comparer) attend(weights nn.Matrix, scale float32, e evidence) nn.Matrix {
	c.set.Softmax(weights, e.tokens, scale)
	weights.Cols = e.tokens
	out := kernel.NewMatrix(weights.Rows, e.values.N)
	c.set.MatMul(out, weights, e.values, nil)
	out.Cols = c.value.outputs
	return out
}

// directions are those of rows, less the middle.
func (c *comparer) directions(rows nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(rows.Rows, rows.Cols)
	for i := range rows.Rows {
		row := out.Row(i)
		for k, v := range rows.Row(i) {
			row[k] = v - c.middle[k]
		}
		encoder.Normalise(row)
	}
	return out
}

// pooled is the mean of rows, at least one, and the largest of each column.
func pooled(rows nn.Matrix) []float32 {
	out := make([]float32, 2*rows.Cols)
	mean, peak := out[:rows.Cols], out[rows.Cols:]
	copy(peak, rows.Row(0))
	for i := range rows.Rows {
		for k, v := range rows.Row(i) {
			mean[k] += v
			peak[k] = max(peak[k], v)
		}
	}
	for k := range mean {
		mean[k] /= float32(rows.Rows)
	}
	return out
}
