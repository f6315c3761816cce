package encoder

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// miniLM is a random model of the shape of all-MiniLM-L6-v2 with a small vocabulary.
func miniLM(b testing.TB) *safetensors.File {
	b.Helper()
	const hidden, inner, layers = 384, 1536, 6
	r := rand.New(rand.NewPCG(1, 2))
	var all []safetensors.Entry
	add := func(name string, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64() * 0.05)
		}
		all = append(all, safetensors.Entry{Name: name, Shape: shape, Float32: v})
	}
	pair := func(name string, shape ...int) {
		add(name+".weight", shape...)
		add(name+".bias", shape[0])
	}
	add("embeddings.word_embeddings.weight", 1000, hidden)
	add("embeddings.position_embeddings.weight", 512, hidden)
	add("embeddings.token_type_embeddings.weight", 2, hidden)
	pair("embeddings.LayerNorm", hidden)
	for i := range layers {
		l := fmt.Sprintf("encoder.layer.%d.", i)
		for _, name := range []string{"attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"} {
			pair(l+name, hidden, hidden)
		}
		pair(l+"attention.output.LayerNorm", hidden)
		pair(l+"intermediate.dense", inner, hidden)
		pair(l+"output.dense", hidden, inner)
		pair(l+"output.LayerNorm", hidden)
	}
	var w bytes.Buffer
	if err := safetensors.Write(&w, nil, all); err != nil {
		b.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(w.Bytes()), int64(w.Len()))
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkForward is one sequence through a model of MiniLM-L6 shape; best-ms is the fastest call.
func BenchmarkForward(b *testing.B) {
	f := miniLM(b)
	for _, tier := range kernel.Available() {
		set, err := kernel.Select(tier)
		if err != nil {
			b.Fatal(err)
		}
		if tier == kernel.Plain {
			continue // seconds a call
		}
		for _, quantised := range []bool{false, true} {
			e, err := Load(f, Config{Heads: 12, Eps: 1e-12, Activation: GELU}, Options{Set: set, Int8: quantised})
			if err != nil {
				b.Fatal(err)
			}
			for _, tokens := range []int{16, 128, 256} {
				for _, workers := range []int{1, 2} {
					b.Run(fmt.Sprintf("%s/%s/tokens=%d/workers=%d", tier, map[bool]string{true: "int8", false: "f32"}[quantised], tokens, workers), func(b *testing.B) {
						run(b, e, tokens, workers)
					})
				}
			}
		}
	}
}

func run(b *testing.B, e *Encoder, tokens, workers int) {
	b.Helper()
	var batch Batch
	ids := make([]int32, tokens)
	for i := range ids {
		ids[i] = int32(i * 7919 % e.Vocabulary())
	}
	batch.Add(ids, nil)
	s, p := e.NewSession(), pool(b, workers)
	best := time.Hour
	b.ReportAllocs()
	for b.Loop() {
		begin := time.Now()
		if _, err := s.Forward(context.Background(), p, &batch); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(begin))
	}
	b.ReportMetric(float64(best.Nanoseconds())/1e6, "best-ms")
}

// BenchmarkPeer is what test/bench/nn_peer.py compares with ONNX Runtime: the real model on one worker.
func BenchmarkPeer(b *testing.B) {
	base := home("all-MiniLM-L6-v2")
	if _, err := os.Stat(base); err != nil {
		b.Skipf("no %s: test/bench/nn_bases.sh makes it", base)
	}
	f, c := weights(b, filepath.Join(base, "model.safetensors")), config(b, filepath.Join(base, "config.json"))
	for _, kind := range []string{"f32", "int8"} {
		e, err := Load(f, c, Options{Set: kernel.Best(), Int8: kind == "int8"})
		if err != nil {
			b.Fatal(err)
		}
		for _, tokens := range []int{16, 128, 256} {
			b.Run(fmt.Sprintf("%s/%d", kind, tokens), func(b *testing.B) { run(b, e, tokens, 1) })
		}
	}
}
