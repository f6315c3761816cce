package train

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// stemLlama is a golden model of the decoder: two layers, three heads over one key head, tied.
const stemLlama = "../decoder/testdata/smollm"

func smallDecoder(t testing.TB) *Decoder {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(stemLlama, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := decoder.ParseConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(stemLlama, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewDecoder(kernel.Set{}, c, func(name string, _ ...int) ([]float32, error) { return f.Float32s(name) })
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// someText is sequences on both sides of a reach, with what follows each token; every ninth is not judged.
func someText() (*encoder.Batch, []int32) {
	r := rand.New(rand.NewPCG(6, 6))
	var b encoder.Batch
	var follows []int32
	for _, n := range []int{1, 17, 64, 93} {
		ids := make([]int32, n)
		for i := range ids {
			ids[i] = int32(r.IntN(64))
		}
		b.Add(ids, nil)
		for i := range ids {
			if follows = append(follows, int32(r.IntN(64))); i%9 == 8 {
				follows[len(follows)-1] = -1
			}
		}
	}
	return &b, follows
}

func TestDecoderLossIsThatOfTheEngine(t *testing.T) {
	t.Parallel()
	m := smallDecoder(t)
	d, err := decoder.Load(stemLlama, decoder.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	b, follows := someText()
	var want float64
	for s := range b.Len() {
		from, to := b.Bounds(s)
		session := d.NewSession(to - from)
		logits, err := session.Forward(t.Context(), pool, []decoder.Part{{Sequence: session.Open(), IDs: b.IDs[from:to], Logits: to - from}})
		if err != nil {
			t.Fatal(err)
		}
		for i := range to - from {
			if id := follows[from+i]; id >= 0 {
				want += CrossEntropy(logits.Row(i), int(id), 1)
			}
		}
	}
	if got := m.Loss(crew(t, 1), b, follows); math.Abs(got-want) > 1e-4*want {
		t.Errorf("loss %v, by the engine %v", got, want)
	}
}

// TestDecoderGradientsByFiniteDifferences moves every parameter along its gradient and holds the change of the loss against it.
func TestDecoderGradientsByFiniteDifferences(t *testing.T) {
	t.Parallel()
	m, c := smallDecoder(t), crew(t, 1)
	b, follows := someText()
	const weight = 0.25
	m.Learn(c, b, follows, weight)
	for _, p := range m.Params {
		var length float64
		for _, g := range p.G {
			length += float64(g) * float64(g)
		}
		length = math.Sqrt(length)
		if length < 1e-3 {
			t.Errorf("%s has no gradient", p.Name)
			continue
		}
		kept := append([]float32(nil), p.W...)
		at := func(step float64) float64 {
			for i, g := range p.G {
				p.W[i] = kept[i] + float32(step*float64(g)/length)
			}
			return m.Loss(c, b, follows)
		}
		const step = 4e-3
		got := weight * (at(step) - at(-step)) / (2 * step)
		if math.Abs(got-length) > 0.01*length+0.02 {
			t.Errorf("%s: finite difference %v, gradient %v", p.Name, got, length)
		}
		copy(p.W, kept)
	}
}

func TestDecoderGradientsAreTheSameForAnyNumberOfWorkers(t *testing.T) {
	t.Parallel()
	b, follows := someText()
	one, three := smallDecoder(t), smallDecoder(t)
	if x, y := one.Learn(crew(t, 1), b, follows, 1), three.Learn(crew(t, 3), b, follows, 1); x != y {
		t.Errorf("losses %v and %v", x, y)
	}
	for i, p := range one.Params {
		for k, g := range p.G {
			if g != three.Params[i].G[k] {
				t.Fatalf("%s, value %d: %v and %v", p.Name, k, g, three.Params[i].G[k])
			}
		}
	}
}

func TestDecoderLearnsAPattern(t *testing.T) {
	t.Parallel()
	m, c := smallDecoder(t), crew(t, 2)
	o := AdamW{Beta1: 0.9, Beta2: 0.95, Eps: 1e-8, Clip: 1}
	var b encoder.Batch
	var follows []int32
	for s := range 4 {
		ids := make([]int32, 24)
		for i := range ids {
			ids[i] = int32((i*3 + s) % 12)
			follows = append(follows, int32((i*3+3+s)%12))
		}
		b.Add(ids, nil)
	}
	n := float32(len(follows))
	for range 60 {
		m.Learn(c, &b, follows, 1/n)
		o.Step(c, m.Params, 3e-3)
	}
	if loss := m.Loss(c, &b, follows) / float64(n); loss > 0.05 {
		t.Errorf("loss is %.3f after 60 steps", loss)
	}
}

func TestAdaptedDecoderMovesItsAdaptersAlone(t *testing.T) {
	t.Parallel()
	m, c := smallDecoder(t), crew(t, 1)
	for _, p := range m.Params {
		p.Frozen = true
	}
	var adapters []*Param
	for _, l := range m.Linears() {
		a, err := l.Adapt(4, 2, rand.New(rand.NewPCG(1, 1)))
		if err != nil {
			t.Fatal(err)
		}
		adapters = append(adapters, a.Down, a.Up)
	}
	b, follows := someText()
	before := m.Loss(c, b, follows)
	o := AdamW{Beta1: 0.9, Beta2: 0.95, Eps: 1e-8, Clip: 1}
	for range 5 {
		m.Learn(c, b, follows, 1.0/160)
		o.Step(c, adapters, 5e-3)
	}
	after := m.Loss(c, b, follows)
	for _, l := range m.Linears() {
		l.Merge()
	}
	if merged := m.Loss(c, b, follows); !(after < before) || math.Abs(merged-after) > 1e-3*after {
		t.Errorf("loss %v, then %v, merged %v", before, after, merged)
	}
	for _, p := range m.Params {
		for _, g := range p.G {
			if g != 0 {
				t.Fatalf("%s is frozen and has a gradient", p.Name)
			}
		}
	}
}

func TestDecoderRefusesWhatItCannotTrain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]decoder.Config{"untied": {Family: "llama", Vocabulary: 64}, "gpt2": {Family: "gpt2", Vocabulary: 64}} {
		if _, err := NewDecoder(kernel.Set{}, c, nil); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// BenchmarkDecoderStep is one step, forward, backward and update, of the shape of merlon.small-lm-v1 on 8 sequences of 256 tokens.
func BenchmarkDecoderStep(b *testing.B) {
	tied, r := true, rand.New(rand.NewPCG(2, 2))
	c := decoder.Config{
		Family: "llama", Hidden: 256, Inner: 704, Layers: 4, Heads: 4, KeyHeads: 2, HeadWidth: 64, Vocabulary: 8192, MaxTokens: 512, Eps: 1e-5, Tied: &tied,
		Rope: decoder.Rope{Theta: 10000},
	}
	m, err := NewDecoder(kernel.Set{}, c, func(_ string, shape ...int) ([]float32, error) {
		w := make([]float32, safetensors.Tensor{Shape: shape}.Len())
		for i := range w {
			w[i] = float32(r.NormFloat64() * 0.02)
		}
		return w, nil
	})
	if err != nil {
		b.Fatal(err)
	}
	w, o := crew(b, 1), AdamW{Beta1: 0.9, Beta2: 0.95, Eps: 1e-8, Decay: 0.1, Clip: 1}
	var batch encoder.Batch
	ids := make([]int32, 256)
	for range 8 {
		for i := range ids {
			ids[i] = int32(i * 7 % 8192)
		}
		batch.Add(ids, nil)
	}
	best := time.Hour
	for b.Loop() {
		begin := time.Now()
		m.Learn(w, &batch, batch.IDs, 1.0/2048)
		o.Step(w, m.Params, 1e-4)
		best = min(best, time.Since(begin))
	}
	b.ReportMetric(float64(len(batch.IDs))/best.Seconds(), "tokens/s")
}
