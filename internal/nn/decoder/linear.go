package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// maxShards is into how many pieces a layer is cut, so that workers share it even where there is one row.
const maxShards = 16

// linear is y = x*W' + b, cut into shards of whole panels by output. It is immutable.
type linear struct {
	in, out int
	shards  []shard
	ones    []float32 // the factor of each input before it is quantised; nil for f32
}

// shard is some outputs of a linear layer. Of a gated layer it holds gates and, as many again, what they let pass.
type shard struct {
	from, to int // outputs, counted once for a gated layer
	panels   kernel.Panels
	bias     []float32
	weights  kernel.Weights
}

// precision is how weights are kept.
type precision struct {
	set  kernel.Set
	int8 bool
}

// linear packs weights, out x in, with a bias, or nil for none. If twin has rows, it is a gated layer: the outputs of twin stand behind
// those of w in each shard.
func (p precision) linear(w, twin nn.Matrix, bias, twinBias []float32) *linear {
	l := &linear{in: w.Cols, out: w.Rows}
	if p.int8 {
		l.ones = make([]float32, l.in)
		for i := range l.ones {
			l.ones[i] = 1
		}
	}
	step := max(p.set.Padded(1), granule) // whole panels and whole lanes
	if panels := (l.out + step - 1) / step; panels > maxShards {
		step *= (panels + maxShards - 1) / maxShards
	}
	for from := 0; from < l.out; from += step {
		to := min(from+step, l.out)
		rows, b := w.Slice(from, to), cut(bias, from, to)
		if twin.Rows > 0 {
			rows = stack(rows, twin.Slice(from, to))
			b = append(cut(bias, from, to), cut(twinBias, from, to)...)
		}
		l.shards = append(l.shards, p.shard(from, to, rows, b))
	}
	return l
}

func cut(bias []float32, from, to int) []float32 {
	out := make([]float32, to-from)
	if bias != nil {
		copy(out, bias[from:to])
	}
	return out
}

func stack(a, b nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(a.Rows+b.Rows, a.Cols)
	for i := range a.Rows {
		copy(out.Row(i), a.Row(i))
	}
	for i := range b.Rows {
		copy(out.Row(a.Rows+i), b.Row(i))
	}
	return out
}

func (p precision) shard(from, to int, w nn.Matrix, bias []float32) shard {
	s := shard{from: from, to: to}
	if p.int8 {
		q := nn.Quantise(w, nil)
		s.weights = p.set.PackInt8(q.Data, q.Out, q.In, q.Scale, bias)
		return s
	}
	s.bias = make([]float32, p.set.Padded(w.Rows))
	copy(s.bias, bias)
	s.panels = p.set.PackTransposed(make([]float32, p.set.PackedLen(w.Cols, w.Rows)), w)
	return s
}

// widest is the most columns that one shard's product has.
func (l *linear) widest() int {
	n := 0
	for _, s := range l.shards {
		n = max(n, s.panels.N, s.weights.N)
	}
	return n
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

// apply writes the shard's outputs for each row.
func (s *shard) apply(set kernel.Set, dst nn.Matrix, in input) {
	if s.panels.N > 0 {
		set.MatMul(dst, in.rows, s.panels, s.bias)
		return
	}
	set.MatMulInt8(dst, in.q, s.weights)
}

// columns is how many columns the shard's product has.
func (s *shard) columns() int { return max(s.panels.N, s.weights.N) }
