package train

import (
	"testing"
	"time"

	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
)

// BenchmarkStep is one step of a block of MiniLM shape, forward, backward and update, on 8 sequences of 128 tokens.
func BenchmarkStep(b *testing.B) {
	m := wide()
	c, o := crew(b, 1), AdamW{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.01, Clip: 1}
	var batch encoder.Batch
	ids := make([]int32, 128)
	for range 8 {
		for i := range ids {
			ids[i] = int32(i * 7 % 1000)
		}
		batch.Add(ids, nil)
	}
	best := time.Hour
	for b.Loop() {
		begin := time.Now()
		y := m.Forward(c, &batch)
		m.Backward(c, direction(y.Rows, y.Cols))
		o.Step(c, m.Params, 1e-4)
		best = min(best, time.Since(begin))
	}
	b.ReportMetric(float64(len(batch.IDs))/best.Seconds(), "tokens/s")
}

// wide is a random model of two blocks of MiniLM shape.
func wide() *Model {
	const hidden, inner = 384, 1536
	m := &Model{config: encoder.Config{Heads: 12, Eps: 1e-12, Activation: encoder.GELU}, set: kernel.Best(), hidden: hidden}
	param := func(shape ...int) *Param {
		n := 1
		for _, d := range shape {
			n *= d
		}
		w := direction(1, n).Data
		for i := range w {
			w[i] *= 0.05
		}
		p := NewParam("w", shape, w)
		m.Params = append(m.Params, p)
		return p
	}
	linear := func(in, out int) *Linear { return NewLinear(m.set, param(out, in), param(out)) }
	layerNorm := func() norm { return norm{param(hidden), param(hidden), 1e-12} }
	m.words, m.positions, m.types, m.embedded = param(1000, hidden), param(512, hidden), param(2, hidden), layerNorm()
	for range 2 {
		m.blocks = append(m.blocks, &block{
			query: linear(hidden, hidden), key: linear(hidden, hidden), value: linear(hidden, hidden), attended: linear(hidden, hidden),
			widen: linear(hidden, inner), narrow: linear(inner, hidden), attendedNorm: layerNorm(), feedForwardNorm: layerNorm(),
		})
	}
	return m
}
