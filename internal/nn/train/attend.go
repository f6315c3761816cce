package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// reach is how many queries look at keys together: none of them looks at keys behind the last one.
const reach = 64

// keyHead is one head of keys of one sequence, with the heads of queries that share it.
type keyHead struct {
	from, to   int         // rows
	key, query int         // first columns
	scores     []nn.Matrix // of each head of queries, and in it of each reach: what softmax gave
	wide, tall []float32   // room for panels of width x rows and of rows x width
	square     nn.Matrix   // room for the gradient of scores, and turned
	turned     nn.Matrix
}

func (h *keyHead) rows() int { return h.to - h.from }

// of is the head's columns of a matrix.
func (h *keyHead) of(x nn.Matrix, at, width int) nn.Matrix {
	return x.Slice(h.from, h.to).Columns(at, at+width)
}

// share lists the heads of the batch with their memory.
func (m *Decoder) share(l *causal) {
	c, a := m.config, &m.arena
	group := c.Heads / c.KeyHeads
	l.heads = l.heads[:0]
	for s := range m.batch.Len() {
		from, to := m.batch.Bounds(s)
		for k := range c.KeyHeads {
			h := keyHead{from: from, to: to, key: k * c.HeadWidth, query: k * group * c.HeadWidth}
			n := h.rows()
			h.wide, h.tall = a.Floats(m.set.PackedLen(c.HeadWidth, n)), a.Floats(m.set.PackedLen(n, c.HeadWidth))
			for range group {
				for at := 0; at < n; at += reach {
					end := min(at+reach, n)
					h.scores = append(h.scores, a.Matrix(end-at, (end+31)&^31))
				}
			}
			l.heads = append(l.heads, h)
		}
	}
}

// spans calls do for each head of queries and each reach in it: queries begin at column query, rows at to end.
func (h *keyHead) spans(width int, do func(i, query, at, end int)) {
	each := (h.rows() + reach - 1) / reach
	for i := range h.scores {
		at := i % each * reach
		do(i, h.query+i/each*width, at, min(at+reach, h.rows()))
	}
}

func (m *Decoder) attend(crew *nn.Crew, l *causal) {
	m.share(l)
	width, scale := m.config.HeadWidth, m.scoreScale()
	each(crew, len(l.heads), func(first, last int) {
		for u := first; u < last; u++ {
			h := &l.heads[u]
			keys := m.set.PackTransposed(h.wide, h.of(l.keys, h.key, width))
			values := h.of(l.values, h.key, width)
			h.spans(width, func(i, query, at, end int) {
				p := h.scores[i]
				m.set.MatMul(p.Columns(0, end), h.of(l.queries, query, width).Slice(at, end), keys.First(end), nil)
				for r := range p.Rows {
					m.set.Softmax(p.Slice(r, r+1), at+r+1, scale)
				}
				m.set.MatMul(h.of(l.context, query, width).Slice(at, end), p.Columns(0, end), m.set.Pack(h.tall, values.Slice(0, end)), nil)
			})
		}
	})
}

func (m *Decoder) scoreScale() float32 { return float32(1 / math.Sqrt(float64(m.config.HeadWidth))) }

// attendBackward is the gradients of queries, keys and values, given that of what attention gathered.
func (m *Decoder) attendBackward(crew *nn.Crew, l *causal, context nn.Matrix) (queries, keys, values nn.Matrix) {
	a, width, scale := &m.arena, m.config.HeadWidth, m.scoreScale()
	queries, keys, values = a.Matrix(context.Rows, l.queries.Cols), a.Matrix(context.Rows, l.keys.Cols), a.Matrix(context.Rows, l.values.Cols)
	for u := range l.heads {
		h := &l.heads[u]
		n := h.rows()
		h.square, h.turned = a.Matrix(min(reach, n), (n+31)&^31), a.Matrix(n, min(reach, n))
	}
	each(crew, len(l.heads), func(first, last int) {
		for u := first; u < last; u++ {
			h := &l.heads[u]
			dk, dv := h.of(keys, h.key, width), h.of(values, h.key, width)
			for i := range h.rows() {
				clear(dk.Row(i))
				clear(dv.Row(i))
			}
			key := h.of(l.keys, h.key, width)
			values := m.set.PackTransposed(h.wide, h.of(l.values, h.key, width))
			h.spans(width, func(i, query, at, end int) {
				p := h.scores[i].Columns(0, end)
				d := h.of(context, query, width).Slice(at, end)
				square := kernel.Matrix{Data: h.square.Data, Rows: end - at, Cols: end, Stride: h.square.Stride}
				turned := kernel.Matrix{Data: h.turned.Data, Rows: end, Cols: end - at, Stride: h.turned.Stride}
				m.set.MatMul(square, d, values.First(end), nil)
				transpose(turned, p)
				m.set.MatMulAdd(dv.Slice(0, end), turned, m.set.Pack(h.tall, d))
				for r := range square.Rows {
					softmaxBackward(square.Row(r), p.Row(r), scale)
				}
				m.set.MatMul(h.of(queries, query, width).Slice(at, end), square, m.set.Pack(h.tall, key.Slice(0, end)), nil)
				transpose(turned, square)
				m.set.MatMulAdd(dk.Slice(0, end), turned, m.set.Pack(h.tall, h.of(l.queries, query, width).Slice(at, end)))
			})
		}
	})
	return queries, keys, values
}
