package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// predictRows is how many rows of logits are in memory together.
const predictRows = 256

// predict is the loss of the batch's rows for the tokens that follow. With a weight it adds to the gradient of the table,
// and gives that of the rows.
func (m *Decoder) predict(crew *nn.Crew, follows []int32, weight float32) (loss float64, dy nn.Matrix) {
	a, c := &m.arena, m.config
	m.scratch.Reset()
	table := kernel.Of(m.words.W, c.Vocabulary, c.Hidden)
	head := m.set.PackTransposed(a.Floats(m.set.PackedLen(c.Hidden, c.Vocabulary)), table)
	var back kernel.Panels
	if weight != 0 {
		dy = a.Matrix(m.rows.Rows, c.Hidden)
		clear(dy.Data)
		back = m.set.Pack(a.Floats(m.set.PackedLen(c.Vocabulary, c.Hidden)), table)
	}
	judged := make([]int, 0, len(follows))
	for i, id := range follows {
		if id >= 0 {
			judged = append(judged, i)
		}
	}
	room := min(predictRows, len(judged))
	logits, rows, d := a.Matrix(room, c.Vocabulary), a.Matrix(room, c.Hidden), a.Matrix(room, c.Hidden)
	losses := make([]float64, room)
	layer := &Linear{W: m.words, In: c.Hidden, Out: c.Vocabulary, set: m.set}
	for ; len(judged) > 0; judged = judged[room:] {
		room = min(room, len(judged))
		logits, rows, d = logits.Slice(0, room), rows.Slice(0, room), d.Slice(0, room)
		each(crew, room, func(from, to int) {
			for k := from; k < to; k++ {
				copy(rows.Row(k), m.rows.Row(judged[k]))
			}
			part := logits.Slice(from, to)
			m.set.MatMul(part, rows.Slice(from, to), head, nil)
			m.set.Softmax(part, part.Cols, 1)
			for k := from; k < to; k++ {
				row, id := logits.Row(k), follows[judged[k]]
				losses[k] = -math.Log(max(float64(row[id]), 1e-30))
				row[id]--
				for i := range row {
					row[i] *= weight
				}
			}
			if weight == 0 {
				return
			}
			m.set.MatMul(d.Slice(from, to), part, back, nil)
			for k := from; k < to; k++ {
				copy(dy.Row(judged[k]), d.Row(k))
			}
		})
		for _, v := range losses[:room] {
			loss += v
		}
		if weight != 0 && !m.words.Frozen {
			m.scratch.Reset()
			layer.addProduct(crew, &m.scratch, m.words, logits, rows)
		}
	}
	return loss, dy
}
