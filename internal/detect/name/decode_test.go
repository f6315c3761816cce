package name

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDecodeIsTheBestOfAll compares with every allowed sequence, tried one by one.
func TestDecodeIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	lean := [len(labels)]float64{0.5, -1, 0, 2, 0.1}
	for range 50 {
		tokens := make([]logits, 4)
		for i := range tokens {
			for c := range tokens[i] {
				tokens[i][c] = random.NormFloat64() * 2
			}
		}
		best, want := math.Inf(-1), []int(nil)
		var try func(path []int, sum float64)
		try = func(path []int, sum float64) {
			if len(path) == len(tokens) {
				if sum > best {
					best, want = sum, slices.Clone(path)
				}
				return
			}
			before := outside
			if len(path) > 0 {
				before = path[len(path)-1]
			}
			for c := range classes {
				if follows(before, c) {
					try(append(path, c), sum+leant(tokens[len(path)][c], c, lean))
				}
			}
		}
		try(nil, 0)
		if got := decode(tokens, lean); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if got := decode(nil, lean); got != nil {
		t.Errorf("no tokens gave %v", got)
	}
}

func TestCertaintyIsTheMeanLogProbability(t *testing.T) {
	t.Parallel()
	var even, sure logits
	sure[begin(1)] = 100
	if got, want := certainty([]logits{even, sure}, 1), math.Log(2/float64(classes))/2; math.Abs(got-want) > 1e-6 {
		t.Errorf("got %v, want %v", got, want)
	}
}
