package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPickTakesTheMostLikely(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, {Temperature: 1, TopK: 1}, {Temperature: 1e-9}, {Temperature: 1, TopP: 1e-9}, {Temperature: 1, MinP: 1}} {
		if got := New(c).Pick([]float32{1, 5, float32(math.NaN()), 4.99, 5}); got != 1 && !(c.Temperature == 1 && c.MinP == 1 && got == 4) && !(c.Temperature == 1e-9 && got == 4) {
			t.Errorf("%+v: %d", c, got)
		}
	}
	nan := float32(math.NaN())
	if got := New(Config{Temperature: 1}).Pick([]float32{nan, nan}); got != 0 {
		t.Errorf("of no numbers: %d", got)
	}
}

// allowed is by definition which tokens may be picked: it sorts everything.
func allowed(c Config, logits []float32) map[int32]float64 {
	type one struct {
		id int32
		p  float64
	}
	var all []one
	var sum float64
	for i, v := range logits {
		p := math.Exp(float64(v) / c.Temperature)
		all, sum = append(all, one{int32(i), p}), sum+p
	}
	slices.SortStableFunc(all, func(a, b one) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return 0
	})
	top := all[0].p
	if c.MinP > 0 { // what is unlikely against the first goes before shares are taken
		n := 0
		for n < len(all) && all[n].p >= c.MinP*top*(1-1e-9) {
			n++
		}
		all = all[:n]
	}
	if c.TopK > 0 && c.TopK < len(all) {
		all = all[:c.TopK]
	}
	if c.TopP > 0 && c.TopP < 1 {
		var whole, reached float64
		for _, a := range all {
			whole += a.p
		}
		for i, a := range all {
			if reached += a.p; reached >= c.TopP*whole*(1-1e-9) {
				all = all[:i+1]
				break
			}
		}
	}
	out := map[int32]float64{}
	sum = 0
	for _, a := range all {
		sum += a.p
	}
	for _, a := range all {
		out[a.id] = a.p / sum
	}
	return out
}

// TestPickKeepsToTheShares compares how often tokens are picked with their probabilities.
func TestPickKeepsToTheShares(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	logits := make([]float32, 40)
	for i := range logits {
		logits[i] = float32(rng.NormFloat64() * 2)
	}
	for _, c := range []Config{
		{Temperature: 1},
		{Temperature: 0.5},
		{Temperature: 1.7, TopK: 7},
		{Temperature: 1, TopP: 0.8},
		{Temperature: 1, TopK: 9, TopP: 0.6},
		{Temperature: 1.3, MinP: 0.2},
		{Temperature: 1, TopK: 99, TopP: 0.9, MinP: 0.01},
	} {
		want := allowed(c, logits)
		c.Seed = 11
		s := New(c)
		const n = 40000
		got := map[int32]int{}
		for range n {
			got[s.Pick(logits)]++
		}
		for id := range got {
			if want[id] == 0 {
				t.Errorf("%+v: token %d was picked", c, id)
			}
		}
		for id, p := range want {
			if d := math.Abs(float64(got[id])/n - p); d > 5*math.Sqrt(p/n)+1e-4 {
				t.Errorf("%+v: token %d: %v of picks, want %v", c, id, float64(got[id])/n, p)
			}
		}
	}
}

func TestSeedsAndRepetition(t *testing.T) {
	t.Parallel()
	logits := func() []float32 { return []float32{1, 1.1, 0.9, 1, -1} }
	text := func(c Config) (ids []int32) {
		s := New(c)
		for range 50 {
			ids = append(ids, s.Pick(logits()))
		}
		return ids
	}
	c := Config{Temperature: 1, Seed: 3}
	if !slices.Equal(text(c), text(c)) {
		t.Error("one seed gave two texts")
	}
	other := c
	other.Seed = 4
	if slices.Equal(text(c), text(other)) {
		t.Error("two seeds gave one text")
	}
	s := New(Config{Repetition: 2})
	s.Seen(1)
	l := logits()
	if got := s.Pick(l); got != 0 || l[1] != 0.55 {
		t.Errorf("picked %d of %v", got, l)
	}
	if got := s.Pick(logits()); got != 3 {
		t.Errorf("then %d", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Temperature: -1}, {Temperature: math.NaN()}, {TopK: -1}, {TopP: 1.1}, {MinP: -0.1}, {Repetition: -1}} {
		if c.Check() == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	if err := (Config{Temperature: 1, TopP: 1, TopK: 50, MinP: 0.1, Repetition: 1.1}).Check(); err != nil {
		t.Error(err)
	}
}

// FuzzStop wants the same outcome for a text however it is cut, and nothing shown that belongs to a stop sequence.
func FuzzStop(f *testing.F) {
	f.Add("hello\n\nUser: you", "\n\nUser:", "END", uint64(1))
	f.Add("aaab aab", "aab", "ab", uint64(2))
	f.Add("안녕하세요", "세", "요", uint64(3))
	f.Fuzz(func(t *testing.T, text, a, b string, seed uint64) {
		whole := NewStop([]string{a, b})
		want, found := whole.Add(text)
		if found == "" {
			want += whole.Rest()
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		s := NewStop([]string{a, b})
		var got, stopped string
		for rest := text; rest != "" && stopped == ""; {
			n := 1 + rng.IntN(min(len(rest), 4))
			var show string
			show, stopped = s.Add(rest[:n])
			got, rest = got+show, rest[n:]
		}
		if stopped == "" {
			got += s.Rest()
		}
		if got != want || stopped != found {
			t.Fatalf("in pieces %q and %q, at once %q and %q", got, stopped, want, found)
		}
		for _, q := range []string{a, b} {
			if q != "" && strings.Contains(got, q) {
				t.Fatalf("%q was shown in %q", q, got)
			}
		}
		if found == "" && got != text || !strings.HasPrefix(text, got+found) {
			t.Fatalf("%q became %q and %q", text, got, found)
		}
	})
}

func BenchmarkPick(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 6))
	logits := make([]float32, 128000)
	for i := range logits {
		logits[i] = float32(rng.NormFloat64() * 2)
	}
	for name, c := range map[string]Config{"greedy": {}, "top-p": {Temperature: 0.8, TopP: 0.95}, "top-k": {Temperature: 1, TopK: 50}} {
		b.Run(name, func(b *testing.B) {
			s := New(c)
			b.ReportAllocs()
			for b.Loop() {
				s.Pick(logits)
			}
		})
	}
}
