package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
)

// forward runs one block on x and keeps what backward needs.
func (m *Model) forward(crew *nn.Crew, l *block, x nn.Matrix) nn.Matrix {
	a, rows, h := &m.arena, x.Rows, m.hidden
	l.x, l.projected, l.context = x, a.Matrix(rows, 3*h), a.Matrix(rows, h)
	m.apply(crew, l.query, l.projected.Columns(0, h), x)
	m.apply(crew, l.key, l.projected.Columns(h, 2*h), x)
	m.apply(crew, l.value, l.projected.Columns(2*h, 3*h), x)
	m.attend(crew, l)

	half := a.Matrix(rows, h)
	m.apply(crew, l.attended, half, l.context)
	l.middle, l.keptAttended = a.Matrix(rows, h), m.keep(rows)
	l.attendedNorm.forward(crew, l.middle, half, x, l.keptAttended)

	l.wide, l.active = a.Matrix(rows, l.widen.Out), a.Matrix(rows, l.widen.Out)
	m.apply(crew, l.widen, l.wide, l.middle)
	each(crew, rows, func(from, to int) { m.set.GELU(l.active.Slice(from, to).Data, l.wide.Slice(from, to).Data) })
	m.apply(crew, l.narrow, half, l.active)
	y := a.Matrix(rows, h)
	l.keptFeedForward = m.keep(rows)
	l.feedForwardNorm.forward(crew, y, half, l.middle, l.keptFeedForward)
	return y
}

// backward turns the gradient of a block's rows, which it overwrites, into that of its input.
func (m *Model) backward(crew *nn.Crew, l *block, dy nn.Matrix) nn.Matrix {
	a, rows, h := &m.arena, dy.Rows, m.hidden
	l.feedForwardNorm.backward(crew, dy, l.keptFeedForward)
	wide := a.Matrix(rows, l.widen.Out)
	m.unwind(crew, l.narrow, wide, dy, l.active)
	each(crew, rows, func(from, to int) {
		d := wide.Slice(from, to).Data
		m.set.GELUGradient(d, d, l.wide.Slice(from, to).Data)
	})
	d := a.Matrix(rows, h)
	m.unwind(crew, l.widen, d, wide, l.middle)
	m.addTo(crew, d, dy)

	l.attendedNorm.backward(crew, d, l.keptAttended)
	context := a.Matrix(rows, h)
	m.unwind(crew, l.attended, context, d, l.context)
	projected := m.attendBackward(crew, l, context)
	part := a.Matrix(rows, h)
	for i, p := range []*Linear{l.query, l.key, l.value} {
		m.unwind(crew, p, part, projected.Columns(i*h, (i+1)*h), l.x)
		m.addTo(crew, d, part)
	}
	return d
}

func (m *Model) apply(crew *nn.Crew, l *Linear, y, x nn.Matrix) {
	m.scratch.Reset()
	l.Forward(crew, &m.scratch, y, x)
}

func (m *Model) unwind(crew *nn.Crew, l *Linear, dx, dy, x nn.Matrix) {
	m.scratch.Reset()
	l.Backward(crew, &m.scratch, dx, dy, x)
}

func (m *Model) addTo(crew *nn.Crew, dst, src nn.Matrix) {
	each(crew, dst.Rows, func(from, to int) {
		d, s := dst.Slice(from, to).Data, src.Slice(from, to).Data
		m.set.Add(d, d, s)
	})
}

// head is one head of one sequence: its columns of the projections.
type head struct {
	from, to, at, width int
}

func (m *Model) head(i int) head {
	width := m.hidden / m.config.Heads
	from, to := m.batch.Bounds(i / m.config.Heads)
	return head{from, to, i % m.config.Heads * width, width}
}

func (h head) of(x nn.Matrix, offset int) nn.Matrix {
	return x.Slice(h.from, h.to).Columns(offset+h.at, offset+h.at+h.width)
}

func (m *Model) attend(crew *nn.Crew, l *block) {
	n := m.batch.Len() * m.config.Heads
	l.scores = l.scores[:0]
	var memory []headMemory
	for i := range n {
		h := m.head(i)
		rows := h.to - h.from
		l.scores = append(l.scores, m.arena.Matrix(rows, (rows+31)&^31))
		memory = append(memory, m.headMemory(rows, h.width))
	}
	scale := m.scoreScale()
	each(crew, n, func(from, to int) {
		for i := from; i < to; i++ {
			h, p, own := m.head(i), l.scores[i], memory[i]
			keys := m.set.PackTransposed(own.wide, h.of(l.projected, m.hidden)).Whole()
			m.set.MatMul(p.Columns(0, keys.N), h.of(l.projected, 0), keys, nil)
			m.set.Softmax(p, p.Rows, scale)
			values := m.set.Pack(own.tall, h.of(l.projected, 2*m.hidden))
			m.set.MatMul(h.of(l.context, 0), p.Columns(0, p.Rows), values, nil)
		}
	})
}

// headMemory is the scratch memory of one head.
type headMemory struct {
	wide, tall     []float32 // panels of width x rows and of rows x width
	square, turned nn.Matrix
}

func (m *Model) headMemory(rows, width int) headMemory {
	return headMemory{wide: m.arena.Floats(m.set.PackedLen(width, rows)), tall: m.arena.Floats(m.set.PackedLen(rows, width))}
}

func (m *Model) scoreScale() float32 {
	return float32(1 / math.Sqrt(float64(m.hidden/m.config.Heads)))
}

// attendBackward is the gradient of the projections, given that of what attention gathered.
func (m *Model) attendBackward(crew *nn.Crew, l *block, context nn.Matrix) nn.Matrix {
	n := len(l.scores)
	out := m.arena.Matrix(context.Rows, 3*m.hidden)
	var memory []headMemory
	for i, p := range l.scores {
		own := m.headMemory(p.Rows, m.head(i).width)
		own.square, own.turned = m.arena.Matrix(p.Rows, p.Cols), m.arena.Matrix(p.Rows, p.Rows)
		memory = append(memory, own)
	}
	scale := m.scoreScale()
	each(crew, n, func(from, to int) {
		for i := from; i < to; i++ {
			h, p, own := m.head(i), l.scores[i], memory[i]
			rows := p.Rows
			d := h.of(context, 0)
			square := own.square.Columns(0, rows)

			values := m.set.PackTransposed(own.wide, h.of(l.projected, 2*m.hidden)).Whole()
			m.set.MatMul(own.square.Columns(0, values.N), d, values, nil)
			transpose(own.turned, p.Columns(0, rows))
			m.set.MatMul(h.of(out, 2*m.hidden), own.turned, m.set.Pack(own.tall, d), nil)
			for r := range rows {
				softmaxBackward(square.Row(r), p.Row(r)[:rows], scale)
			}
			m.set.MatMul(h.of(out, 0), square, m.set.Pack(own.tall, h.of(l.projected, m.hidden)), nil)
			transpose(own.turned, square)
			m.set.MatMul(h.of(out, m.hidden), own.turned, m.set.Pack(own.tall, h.of(l.projected, 0)), nil)
		}
	})
	return out
}
