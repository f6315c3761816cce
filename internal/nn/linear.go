package nn

import (
	"fmt"

	"merlon.dev/merlon/internal/nn/kernel"
)

// Linear is y = x*W' + b, in f32 or in int8 with one scale for each output. It is immutable.
type Linear struct {
	In, Out int
	set     kernel.Set
	panels  kernel.Panels
	bias    []float32
	weights *kernel.Weights // int8, else nil
	factor  []float32       // of each input before it is quantised
}

// NewLinear packs f32 weights, Out x In as model files store them, with a bias of Out values.
func NewLinear(set kernel.Set, w Matrix, bias []float32) (*Linear, error) {
	if len(bias) != w.Rows {
		return nil, fmt.Errorf("pack linear layer: %d outputs, %d biases", w.Rows, len(bias))
	}
	l := &Linear{In: w.Cols, Out: w.Rows, set: set, bias: make([]float32, set.Padded(w.Rows))}
	copy(l.bias, bias)
	l.panels = set.PackTransposed(make([]float32, set.PackedLen(l.In, l.Out)), w)
	return l, nil
}

// NewInt8Linear packs quantised weights.
func NewInt8Linear(set kernel.Set, w Quantised, bias []float32) (*Linear, error) {
	if len(bias) != w.Out || len(w.Scale) != w.Out || len(w.Data) != w.Out*w.In || len(w.Factor) != w.In || w.In%kernel.Lanes != 0 {
		return nil, fmt.Errorf("pack int8 linear layer: %d x %d with %d weights, %d scales, %d factors and %d biases", w.Out, w.In, len(w.Data), len(w.Scale), len(w.Factor), len(bias))
	}
	packed := set.PackInt8(w.Data, w.Out, w.In, w.Scale, bias)
	return &Linear{In: w.In, Out: w.Out, set: set, weights: &packed, factor: w.Factor}, nil
}

// Int8 tells whether the layer computes in int8.
func (l *Linear) Int8() bool { return l.weights != nil }

// Apply is dst = x*W' + b. An int8 layer quantises each row of x into q, which has room for x; an f32 layer ignores q.
// A row of dst depends on its row of x alone.
func (l *Linear) Apply(dst, x Matrix, q kernel.Bytes) {
	if l.weights == nil {
		l.set.MatMul(dst, x, l.panels, l.bias)
		return
	}
	q = q.Reshape(x.Rows, x.Cols)
	l.set.Quantise(q, x, l.factor)
	l.set.MatMulInt8(dst, q, *l.weights)
}
