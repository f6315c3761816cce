package train

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Linear is y = x*W' + b with gradients. W is Out x In; B is nil for a layer without a bias.
type Linear struct {
	W, B    *Param
	In, Out int
	set     kernel.Set
	adapter *Adapter // nil without one
}

// NewLinear is a layer over two parameters: w is Out x In, b has Out values or is nil.
func NewLinear(set kernel.Set, w, b *Param) *Linear {
	return &Linear{W: w, B: b, In: w.Shape[1], Out: w.Shape[0], set: set}
}

// Forward writes the rows of y for those of x, using scratch memory of a.
func (l *Linear) Forward(crew *nn.Crew, a *nn.Arena, y, x nn.Matrix) {
	panels := l.set.PackTransposed(a.Floats(l.set.PackedLen(l.In, l.Out)), kernel.Of(l.W.W, l.Out, l.In))
	var bias []float32
	if l.B != nil {
		bias = a.Floats(l.set.Padded(l.Out))
		clear(bias[copy(bias, l.B.W):])
	}
	each(crew, x.Rows, func(from, to int) { l.set.MatMul(y.Slice(from, to), x.Slice(from, to), panels, bias) })
	if l.adapter != nil {
		l.forwardAdapter(crew, a, y, x)
	}
}

// Backward adds to the gradients of the weights, and writes the gradient of x to dx, given that of y. A zero dx is
// skipped.
func (l *Linear) Backward(crew *nn.Crew, a *nn.Arena, dx, dy, x nn.Matrix) {
	if !l.W.Frozen {
		l.addProduct(crew, a, l.W, dy, x)
	}
	if l.B != nil && !l.B.Frozen {
		each(crew, l.Out, func(from, to int) {
			for i := range dy.Rows {
				g := l.B.G[from:to]
				for k, v := range dy.Row(i)[from:to] {
					g[k] += v
				}
			}
		})
	}
	if dx.Rows > 0 {
		panels := l.set.Pack(a.Floats(l.set.PackedLen(l.Out, l.In)), kernel.Of(l.W.W, l.Out, l.In))
		each(crew, dy.Rows, func(from, to int) { l.set.MatMul(dx.Slice(from, to), dy.Slice(from, to), panels, nil) })
	}
	if l.adapter != nil {
		l.backwardAdapter(crew, a, dx, dy, x)
	}
}

// addProduct adds dy'*x to the gradient of p, which is dy.Cols x x.Cols.
func (l *Linear) addProduct(crew *nn.Crew, a *nn.Arena, p *Param, dy, x nn.Matrix) {
	turned := a.Matrix(dy.Cols, dy.Rows)
	panels := l.set.Pack(a.Floats(l.set.PackedLen(x.Rows, x.Cols)), x)
	width := l.set.Padded(1)
	room := a.Matrix(crew.Size(), width*((dy.Cols+crew.Size()-1)/crew.Size()))
	grad := kernel.Of(p.G, dy.Cols, x.Cols)
	crew.Do(parts{dy.Cols, func(part, from, to int) {
		for at := 0; at < dy.Rows; at += width {
			l.turn(turned.Slice(from, to), dy.Columns(from, to), at, min(at+width, dy.Rows), room.Row(part))
		}
		l.set.MatMulAdd(grad.Slice(from, to), turned.Slice(from, to), panels)
	}})
}

// turn writes the rows from at to end of src, at most a panel of them, as columns of dst.
func (l *Linear) turn(dst, src nn.Matrix, at, end int, room []float32) {
	width := l.set.Padded(1)
	l.set.PackTransposed(room, src.Slice(at, end))
	for k := range dst.Rows {
		copy(dst.Row(k)[at:end], room[k*width:])
	}
}

// transpose writes dst = src', in squares that stay in the nearest cache.
func transpose(dst, src nn.Matrix) {
	const side = 32
	for i0 := 0; i0 < src.Rows; i0 += side {
		for k0 := 0; k0 < src.Cols; k0 += side {
			i1, k1 := min(i0+side, src.Rows), min(k0+side, src.Cols)
			for k := k0; k < k1; k++ {
				row := dst.Row(k)
				for i := i0; i < i1; i++ {
					row[i] = src.Data[i*src.Stride+k]
				}
			}
		}
	}
}
