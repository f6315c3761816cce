package kernel

import (
	"fmt"
	"testing"
	"time"

	"merlon.dev/merlon/internal/nn/kernel/peak"
)

// shapes are those of a MiniLM layer at 128 tokens: M, K, N.
var shapes = [][3]int{{128, 384, 1152}, {128, 384, 1536}, {128, 1536, 384}, {128, 32, 128}}

// report gives the rate of the best iteration and its part of the core's peak, measured in the same run.
func report(b *testing.B, ops float64, loop peak.Loop, known bool, run func()) {
	b.Helper()
	var best, top float64
	for b.Loop() {
		begin := time.Now()
		run()
		best = max(best, ops/time.Since(begin).Seconds())
	}
	b.ReportMetric(best/1e9, "Gop/s")
	if known {
		top = float64(loop.Measure())
		b.ReportMetric(100*best/top, "%peak")
	}
}

func eachTierAndShape(b *testing.B, run func(b *testing.B, s Set, m, k, n int)) {
	b.Helper()
	for _, tier := range Available() {
		for _, d := range shapes {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", tier, d[0], d[1], d[2]), func(b *testing.B) {
				run(b, Set{tier}, d[0], d[1], d[2])
			})
		}
	}
}

func BenchmarkMatMul(b *testing.B) {
	eachTierAndShape(b, func(b *testing.B, s Set, m, k, n int) {
		a, w, c := Of(normal(source(1), m*k, 1), m, k), Of(normal(source(2), k*n, 1), k, n), NewMatrix(m, n)
		p := s.Pack(make([]float32, s.PackedLen(k, n)), w)
		loop, ok := peak.Float(string(s.Tier()))
		report(b, 2*float64(m*k*n), loop, ok, func() { s.MatMul(c, a, p, nil) })
	})
}

func BenchmarkMatMulInt8(b *testing.B) {
	eachTierAndShape(b, func(b *testing.B, s Set, m, k, n int) {
		q, scale := make([]int8, n*k), make([]float32, n)
		w, c := s.PackInt8(q, n, k, scale, nil), NewMatrix(m, n)
		a := BytesOf(make([]uint8, BytesLen(m, k)), make([]float32, m), m, k)
		loop, ok := peak.Int8(string(s.Tier()))
		report(b, 2*float64(m*k*n), loop, ok, func() { s.MatMulInt8(c, a, w) })
	})
}

func BenchmarkRows(b *testing.B) {
	for _, tier := range Available() {
		s := Set{tier}
		const n = 384
		x, y, z := normal(source(1), n, 1), normal(source(2), n, 1), make([]float32, n)
		q, scale := make([]uint8, BytesLen(1, n)), make([]float32, 1)
		for name, run := range map[string]func(){
			"gelu":     func() { s.GELU(z, x) },
			"softmax":  func() { s.Softmax(Of(z, 1, n), n, 0.1) },
			"addNorm":  func() { s.AddNorm(z, x, y, Norm{x, y, 1e-12}) },
			"quantise": func() { s.Quantise(BytesOf(q, scale, 1, n), Of(x, 1, n), y) },
			"add":      func() { s.Add(z, x, y) },
			"rootNorm": func() { s.RootNorm(z, x, y, 1e-6) },
			"swiGLU":   func() { s.SwiGLU(z, x, y) },
			"turn":     func() { s.Turn(z[:n/2], z[n/2:], x[:n/2], y[:n/2]) },
		} {
			b.Run(fmt.Sprintf("%s/%s", tier, name), func(b *testing.B) {
				for b.Loop() {
					run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n*16, "ns/16")
			})
		}
	}
}
