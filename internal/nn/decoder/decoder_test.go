package decoder

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// TestLogitsAreThoseOfTransformers holds every architecture against the reference on every tier of this machine.
func TestLogitsAreThoseOfTransformers(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, tier := range kernel.Available() {
		set, err := kernel.Select(tier)
		if err != nil {
			t.Fatal(err)
		}
		p := pool(t, 2)
		for _, name := range models {
			d := open(t, name, Options{Set: set})
			s := d.NewSession(256)
			var worst float64
			for _, g := range goldens(t, name) {
				q := s.Open()
				worst = max(worst, farthest(t, forward(t, s, p, Part{q, g.ids, len(g.ids)}), g.logits))
				s.Drop(q)
				compared++
			}
			t.Logf("%s %s: %.2g", tier, name, worst)
			if worst >= 1e-4 {
				t.Errorf("%s %s: off by %v", tier, name, worst)
			}
		}
	}
	if want := len(kernel.Available()) * len(models) * 5; compared != want {
		t.Errorf("compared %d sequences, want %d", compared, want)
	}
}

// TestEveryCutGivesTheSameBits runs texts whole and alone, cut anywhere, beside others, in int8, and with other numbers of workers.
func TestEveryCutGivesTheSameBits(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range models {
		for _, int8 := range []bool{false, true} {
			d := open(t, name, Options{Int8: int8})
			all := goldens(t, name)
			var whole []nn.Matrix
			alone := d.NewSession(256)
			for _, g := range all {
				q := alone.Open()
				whole = append(whole, forward(t, alone, pool(t, 1), Part{q, g.ids, len(g.ids)}))
				alone.Drop(q)
			}
			for _, workers := range []int{1, 2, 3} {
				p, s := pool(t, workers), d.NewSession(1024)
				type state struct {
					q    *Sequence
					done int
				}
				texts := make([]state, len(all))
				for i := range texts {
					texts[i].q = s.Open()
				}
				for {
					var parts []Part
					var want []nn.Matrix
					for i, g := range all {
						n := min(len(g.ids)-texts[i].done, 1+rng.IntN(40)*rng.IntN(2))
						if n == 0 {
							continue
						}
						parts = append(parts, Part{texts[i].q, g.ids[texts[i].done : texts[i].done+n], n})
						want = append(want, whole[i].Slice(texts[i].done, texts[i].done+n))
						texts[i].done += n
					}
					if len(parts) == 0 {
						break
					}
					got, at := forward(t, s, p, parts...), 0
					for _, w := range want {
						same(t, name, got.Slice(at, at+w.Rows), w)
						at += w.Rows
					}
				}
			}
		}
	}
}

// TestInt8IsNear measures how far int8 is from f32 on random weights, which are harder to round than trained ones.
func TestInt8IsNear(t *testing.T) {
	t.Parallel()
	for _, name := range models {
		p := pool(t, 2)
		g := goldens(t, name)[4]
		d := open(t, name, Options{Int8: true})
		s := d.NewSession(256)
		got := forward(t, s, p, Part{s.Open(), g.ids, len(g.ids)})
		var ab, aa, bb float64
		for i, v := range got.Data {
			w := float64(g.logits.Data[i])
			ab, aa, bb = ab+float64(v)*w, aa+float64(v)*float64(v), bb+w*w
		}
		if cosine := ab / math.Sqrt(aa*bb); cosine < 0.998 {
			t.Errorf("%s: cosine of all logits %v", name, cosine)
		}
	}
}

// TestMemoryComesBack fills a session, drops a sequence and goes on; a window gives its pages back by itself.
func TestMemoryComesBack(t *testing.T) {
	t.Parallel()
	p := pool(t, 1)
	d := open(t, "llama", Options{})
	s := d.NewSession(2 * pageTokens)
	a, b := s.Open(), s.Open()
	forward(t, s, p, Part{a, make([]int32, pageTokens), 1})
	forward(t, s, p, Part{b, make([]int32, pageTokens), 1})
	if _, err := s.Forward(t.Context(), p, []Part{{a, []int32{1}, 1}}); !errors.Is(err, ErrFull) || a.Len() != pageTokens {
		t.Errorf("a full session: %v, %d tokens", err, a.Len())
	}
	s.Drop(b)
	forward(t, s, p, Part{a, []int32{1}, 1})

	w := open(t, "mistral", Options{})
	s = w.NewSession(2 * pageTokens)
	q := s.Open()
	for i := range 250 {
		forward(t, s, p, Part{q, []int32{int32(i % 60)}, 1})
	}
	if q.Len() != 250 || len(q.pages) > 2 {
		t.Errorf("%d tokens in %d pages", q.Len(), len(q.pages))
	}
}

func TestRefusesBadPasses(t *testing.T) {
	t.Parallel()
	d := open(t, "llama", Options{MaxTokens: 10})
	s, p := d.NewSession(100), pool(t, 1)
	q := s.Open()
	for name, parts := range map[string][]Part{
		"none":         nil,
		"empty":        {{q, nil, 0}},
		"bad id":       {{q, []int32{64}, 1}},
		"negative id":  {{q, []int32{-1}, 1}},
		"too long":     {{q, make([]int32, 11), 1}},
		"many logits":  {{q, []int32{1}, 2}},
		"twice a part": {{q, []int32{1}, 1}, {q, []int32{1}, 1}},
	} {
		if _, err := s.Forward(t.Context(), p, parts); !errors.Is(err, ErrInput) || q.Len() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSteadyStateAllocatesNothing runs one token after another in pages that were used before.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	for _, name := range models {
		d := open(t, name, Options{Int8: true})
		s, p, ctx := d.NewSession(512), pool(t, 2), t.Context()
		a, b := s.Open(), s.Open()
		parts := []Part{{a, []int32{1}, 1}, {b, []int32{2}, 1}}
		step := func() {
			if a.Len() == 60 {
				s.Drop(a)
				s.Drop(b)
			}
			if _, err := s.Forward(ctx, p, parts); err != nil {
				t.Fatal(err)
			}
		}
		for range 61 {
			step()
		}
		if n := testing.AllocsPerRun(100, step); n > 0 {
			t.Errorf("%s: %v allocations a pass", name, n)
		}
	}
}

// TestAWorkerThatIsLostEndsThePass sees that a panic reaches the caller while others wait.
func TestAWorkerThatIsLostEndsThePass(t *testing.T) {
	t.Parallel()
	d := open(t, "llama", Options{})
	broken := *d
	broken.layers = slices.Clone(d.layers)
	broken.layers[1].narrow = nil
	s := broken.NewSession(100)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_, _ = s.Forward(t.Context(), pool(t, 2), []Part{{s.Open(), []int32{1, 2, 3}, 1}})
}
