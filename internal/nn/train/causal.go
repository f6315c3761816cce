package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
)

// runBlock runs one block on x and keeps what unwindBlock needs.
func (m *Decoder) runBlock(crew *nn.Crew, l *causal, x nn.Matrix) nn.Matrix {
	a, rows, c := &m.arena, x.Rows, m.config
	l.first, l.keptBefore = a.Matrix(rows, c.Hidden), m.keep(rows)
	l.before.forward(crew, l.first, x, l.keptBefore)
	queries, keys := c.Heads*c.HeadWidth, c.KeyHeads*c.HeadWidth
	l.queries, l.keys, l.values = a.Matrix(rows, queries), a.Matrix(rows, keys), a.Matrix(rows, keys)
	m.apply(crew, l.query, l.queries, l.first)
	m.apply(crew, l.key, l.keys, l.first)
	m.apply(crew, l.value, l.values, l.first)
	m.turn(crew, l.queries, 1)
	m.turn(crew, l.keys, 1)
	l.context = a.Matrix(rows, queries)
	m.attend(crew, l)

	middle := a.Matrix(rows, c.Hidden)
	m.apply(crew, l.gather, middle, l.context)
	m.addTo(crew, middle, x)
	l.second, l.keptBetween = a.Matrix(rows, c.Hidden), m.keep(rows)
	l.between.forward(crew, l.second, middle, l.keptBetween)

	l.gated, l.let = a.Matrix(rows, c.Inner), a.Matrix(rows, c.Inner)
	l.sigmoid, l.input = a.Matrix(rows, c.Inner), a.Matrix(rows, c.Inner)
	m.apply(crew, l.gate, l.gated, l.second)
	m.apply(crew, l.up, l.let, l.second)
	each(crew, rows, func(from, to int) {
		gate, up := l.gated.Slice(from, to).Data, l.let.Slice(from, to).Data
		swiGLU(l.input.Slice(from, to).Data, l.sigmoid.Slice(from, to).Data, gate, up)
	})
	y := a.Matrix(rows, c.Hidden)
	m.apply(crew, l.down, y, l.input)
	m.addTo(crew, y, middle)
	return y
}

// unwindBlock turns the gradient of a block's rows, which it overwrites, into that of its input.
func (m *Decoder) unwindBlock(crew *nn.Crew, l *causal, dy nn.Matrix) nn.Matrix {
	a, rows, c := &m.arena, dy.Rows, m.config
	d, gate, part := a.Matrix(rows, c.Inner), a.Matrix(rows, c.Inner), a.Matrix(rows, c.Hidden)
	m.unwind(crew, l.down, d, dy, l.input)
	each(crew, rows, func(from, to int) {
		swiGLUBackward(gate.Slice(from, to).Data, d.Slice(from, to).Data, l.sigmoid.Slice(from, to).Data, l.gated.Slice(from, to).Data, l.let.Slice(from, to).Data)
	})
	half := a.Matrix(rows, c.Hidden)
	m.unwind(crew, l.gate, half, gate, l.second)
	m.unwind(crew, l.up, part, d, l.second)
	m.addTo(crew, half, part)
	l.between.backward(crew, half, l.keptBetween)
	m.addTo(crew, dy, half)

	context := a.Matrix(rows, l.context.Cols)
	m.unwind(crew, l.gather, context, dy, l.context)
	queries, keys, values := m.attendBackward(crew, l, context)
	m.turn(crew, queries, -1)
	m.turn(crew, keys, -1)
	m.unwind(crew, l.query, half, queries, l.first)
	m.unwind(crew, l.key, part, keys, l.first)
	m.addTo(crew, half, part)
	m.unwind(crew, l.value, part, values, l.first)
	m.addTo(crew, half, part)
	l.before.backward(crew, half, l.keptBefore)
	m.addTo(crew, dy, half)
	return dy
}

func (m *Decoder) apply(crew *nn.Crew, l *Linear, y, x nn.Matrix) {
	m.scratch.Reset()
	l.Forward(crew, &m.scratch, y, x)
}

func (m *Decoder) unwind(crew *nn.Crew, l *Linear, dx, dy, x nn.Matrix) {
	m.scratch.Reset()
	l.Backward(crew, &m.scratch, dx, dy, x)
}

func (m *Decoder) addTo(crew *nn.Crew, dst, src nn.Matrix) {
	each(crew, dst.Rows, func(from, to int) {
		d, s := dst.Slice(from, to).Data, src.Slice(from, to).Data
		m.set.Add(d, d, s)
	})
}

// turn turns the heads of all rows by their positions, or back where way is -1.
func (m *Decoder) turn(crew *nn.Crew, x nn.Matrix, way float32) {
	width := m.config.HeadWidth
	half := width / 2
	each(crew, m.batch.Len(), func(first, last int) {
		for s := first; s < last; s++ {
			from, to := m.batch.Bounds(s)
			for i := from; i < to; i++ {
				by := m.turns.Row(i - from)
				cos, sin := by[:half], by[half:width]
				for row := x.Row(i); len(row) > 0; row = row[width:] {
					low, high := row[:half], row[half:width]
					for k, c := range cos {
						s, a, b := way*sin[k], low[k], high[k]
						low[k], high[k] = a*c-b*s, b*c+a*s
					}
				}
			}
		}
	})
}

// swiGLU writes dst = gate*sigmoid(gate)*up and the sigmoid itself. The exponential is that of the decoder, Cephes' expf held between e^-87
// and e^87; it stands in the loop because a call would cost as much again.
func swiGLU(dst, sigmoid, gate, up []float32) {
	const magic = 3 << 22 // adding it rounds to a whole number
	sigmoid, gate, up = sigmoid[:len(dst)], gate[:len(dst)], up[:len(dst)]
	for i, g := range gate {
		x := -g
		if x > 87 {
			x = 87
		}
		if x < -87 {
			x = -87
		}
		n := float32(x*math.Log2E) + magic
		power := math.Float32bits(n) << 23
		n -= magic
		r := x - float32(n*0.693359375)
		r += float32(n * 2.12194440e-4)
		p := float32(1.9875691500e-4)
		p = float32(p*r) + 1.3981999507e-3
		p = float32(p*r) + 8.3334519073e-3
		p = float32(p*r) + 4.1665795894e-2
		p = float32(p*r) + 1.6666665459e-1
		p = float32(p*r) + 5.0000001201e-1
		p = float32(float32(p*r)*r) + r + 1
		s := 1 / (1 + math.Float32frombits(math.Float32bits(p)+power))
		sigmoid[i], dst[i] = s, g*s*up[i]
	}
}

// swiGLUBackward writes the gradient of the gate, and turns that of the product, d, into that of up.
func swiGLUBackward(gate, d, sigmoid, gated, let []float32) {
	d, sigmoid, gated, let = d[:len(gate)], sigmoid[:len(gate)], gated[:len(gate)], let[:len(gate)]
	for i, s := range sigmoid {
		g := gated[i]
		gate[i] = d[i] * let[i] * s * (1 + g*(1-s))
		d[i] *= g * s
	}
}

// rms is an RMSNorm with gradients.
type rms struct {
	gamma *Param
	eps   float32
}

// forward writes the norm of x, row by row.
func (n rms) forward(crew *nn.Crew, y, x nn.Matrix, keep normed) {
	each(crew, x.Rows, func(from, to int) {
		for i := from; i < to; i++ {
			var square float64
			s, k, out := x.Row(i), keep.x.Row(i), y.Row(i)
			for _, v := range s {
				square += float64(v * v)
			}
			f := float32(1 / math.Sqrt(square/float64(len(s))+float64(n.eps)))
			for j, v := range s {
				k[j] = v * f
				out[j] = k[j] * n.gamma.W[j]
			}
			keep.factor[i] = f
		}
	})
}

// backward turns dy into the gradient of x, in place, and adds to that of gamma.
func (n rms) backward(crew *nn.Crew, dy nn.Matrix, keep normed) {
	if !n.gamma.Frozen {
		each(crew, dy.Cols, func(from, to int) {
			g := n.gamma.G[from:to]
			for i := range dy.Rows {
				x := keep.x.Row(i)[from:to]
				for j, v := range dy.Row(i)[from:to] {
					g[j] += v * x[j]
				}
			}
		})
	}
	each(crew, dy.Rows, func(from, to int) {
		for i := from; i < to; i++ {
			d, x := dy.Row(i), keep.x.Row(i)
			var dot float64
			for j := range d {
				d[j] *= n.gamma.W[j]
				dot += float64(d[j] * x[j])
			}
			b, f := float32(dot/float64(len(d))), keep.factor[i]
			for j := range d {
				d[j] = (d[j] - x[j]*b) * f
			}
		}
	})
}
