package decoder

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// class125 is the shape of GPT-2's smallest model with Llama's layers: 85 million weights in layers and 39 million in the head.
var class125 = Config{
	Family: "llama", Hidden: 768, Inner: 2048, Layers: 12, Heads: 12, KeyHeads: 12, HeadWidth: 64, Vocabulary: 50257, MaxTokens: 2048, Eps: 1e-6,
	Rope: Rope{Theta: 10000, Kind: "default"},
}

// random makes a model without a folder, and tells how many weights one token reads.
func random(c Config, int8 bool) (d *Decoder, weights int) {
	rng := rand.New(rand.NewPCG(1, 2))
	set := kernel.Best()
	p := precision{set, int8}
	matrix := func(rows, cols int) nn.Matrix {
		m := kernel.NewMatrix(rows, cols)
		for i := range m.Data {
			m.Data[i] = (rng.Float32() - 0.5) * 0.1
		}
		weights += rows * cols
		return m
	}
	gamma := func() norm {
		n := norm{Norm: kernel.Norm{Gamma: make([]float32, c.Hidden), Eps: c.Eps}}
		for i := range n.Gamma {
			n.Gamma[i] = 1
		}
		return n
	}
	d = &Decoder{config: c, set: set, turns: c.Rope.Turns(c.HeadWidth, c.MaxTokens), final: gamma()}
	queries, keys := c.Heads*c.HeadWidth, c.KeyHeads*c.HeadWidth
	for range c.Layers {
		d.layers = append(d.layers, layer{
			before: gamma(), between: gamma(),
			project: p.linear(matrix(queries+2*keys, c.Hidden), nn.Matrix{}, nil, nil), gather: p.linear(matrix(c.Hidden, queries), nn.Matrix{}, nil, nil),
			widen: p.linear(matrix(c.Inner, c.Hidden), matrix(c.Inner, c.Hidden), nil, nil), narrow: p.linear(matrix(c.Hidden, c.Inner), nn.Matrix{}, nil, nil),
		})
	}
	words := matrix(c.Vocabulary, c.Hidden)
	d.words, d.head = p.table(words), p.linear(words, nn.Matrix{}, nil, nil)
	d.measure()
	return d, weights
}

// bandwidth is how many bytes a second two goroutines read together, the best of some rounds. bytes.IndexByte is assembly that reads alone.
func bandwidth(workers int) float64 {
	buffers := make([][]byte, workers)
	for i := range buffers {
		buffers[i] = make([]byte, 256<<20)
		for k := range buffers[i] {
			buffers[i][k] = byte(k) | 1
		}
	}
	best := 0.0
	for range 8 {
		start := time.Now()
		var all sync.WaitGroup
		for _, b := range buffers {
			all.Go(func() {
				if bytes.IndexByte(b, 0) >= 0 {
					panic("a zero was found")
				}
			})
		}
		all.Wait()
		best = max(best, float64(workers*len(buffers[0]))/time.Since(start).Seconds())
	}
	return best
}

// BenchmarkDecode measures 128 tokens one after another from an empty context, again and again, against what the memory gives in the same run.
func BenchmarkDecode(b *testing.B) {
	for _, one := range []struct {
		name    string
		int8    bool
		workers int
		batch   int
	}{{"int8/1core", true, 1, 1}, {"int8/2cores", true, 2, 1}, {"int8/2cores/batch8", true, 2, 8}, {"f32/2cores", false, 2, 1}} {
		b.Run(one.name, func(b *testing.B) {
			d, weights := random(class125, one.int8)
			p, s, ctx := pool(b, one.workers), d.NewSession(one.batch*1024), b.Context()
			size := weights
			if !one.int8 {
				size *= 4
			}
			parts := make([]Part, one.batch)
			for i := range parts {
				parts[i] = Part{s.Open(), []int32{1}, 1}
			}
			memory := bandwidth(one.workers)
			least := time.Hour
			for b.Loop() {
				if parts[0].Sequence.Len() == 128 {
					for _, part := range parts {
						s.Drop(part.Sequence)
					}
				}
				start := time.Now()
				if _, err := s.Forward(ctx, p, parts); err != nil {
					b.Fatal(err)
				}
				least = min(least, time.Since(start))
			}
			mean := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(float64(one.batch)/mean, "tokens/s")
			b.ReportMetric(memory/1e9, "memory-GB/s")
			b.ReportMetric(float64(size)/mean/memory, "of-memory")
			b.ReportMetric(float64(size)/least.Seconds()/memory, "of-memory-best")
		})
	}
}

// BenchmarkPrefill measures a prompt of 512 tokens in parts of 256, against the bare product of one layer's shape in the same run.
func BenchmarkPrefill(b *testing.B) {
	for _, one := range []struct {
		name    string
		int8    bool
		workers int
	}{{"f32/1core", false, 1}, {"f32/2cores", false, 2}, {"int8/1core", true, 1}, {"int8/2cores", true, 2}} {
		b.Run(one.name, func(b *testing.B) {
			d, weights := random(class125, one.int8)
			weights -= class125.Vocabulary * class125.Hidden // the head sees one row
			p, s, ctx := pool(b, one.workers), d.NewSession(1024), b.Context()
			gemm := product(b, d, one.workers)
			q, ids := s.Open(), make([]int32, 256)
			least := time.Hour
			for b.Loop() {
				start := time.Now()
				s.Drop(q)
				for i := range 2 {
					if _, err := s.Forward(ctx, p, []Part{{q, ids, i}}); err != nil {
						b.Fatal(err)
					}
				}
				least = min(least, time.Since(start))
			}
			gemm = max(gemm, product(b, d, one.workers))
			work := 2 * float64(weights) * 512
			mean := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(512/mean, "tokens/s")
			b.ReportMetric(gemm/1e9, "gemm-Gop/s")
			b.ReportMetric(work/mean/gemm, "of-gemm")
			b.ReportMetric(work/least.Seconds()/gemm, "of-gemm-best")
		})
	}
}

// product is the operations a second of the widening layer's product alone, on so many goroutines, the best of some rounds.
func product(b *testing.B, d *Decoder, workers int) float64 {
	l := d.layers[0].widen
	best := 0.0
	for range 10 {
		start := time.Now()
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				x, y := kernel.NewMatrix(128, l.in), kernel.NewMatrix(128, l.columns(0, l.units()))
				in := l.take(d.set, x, kernel.BytesOf(make([]uint8, kernel.BytesLen(128, l.in)), make([]float32, 128), 128, l.in))
				for range 4 {
					l.apply(d.set, y, in, 0, l.units())
				}
			})
		}
		all.Wait()
		best = max(best, float64(workers)*4*128*2*2*float64(l.out*l.in)/time.Since(start).Seconds())
	}
	return best
}
