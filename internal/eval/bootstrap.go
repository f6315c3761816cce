package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Figure is a value with its 95 % bootstrap interval. A figure that the rows do not define is nil.
type Figure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

func (f *Figure) String() string {
	if f == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f (%.2f–%.2f)", f.Value, f.Low, f.High)
}

// resamples is how many times the bootstrap draws.
const resamples = 300

// bootstrap gives the values of compute, which sees how often each of n rows counts, with their intervals over rows. The same rows give
// the same intervals. A value that is NaN is left out.
func bootstrap(n int, compute func(weight []int) []float64) []*Figure {
	weight := make([]int, n)
	for i := range weight {
		weight[i] = 1
	}
	values := compute(weight)
	drawn := make([][]float64, len(values))
	rng := rand.New(rand.NewPCG(4, 4)) //nolint:gosec // the draws shall be the same every time
	for range resamples {
		clear(weight)
		for range weight {
			weight[rng.IntN(n)]++
		}
		for k, v := range compute(weight) {
			if !math.IsNaN(v) {
				drawn[k] = append(drawn[k], v)
			}
		}
	}
	out := make([]*Figure, len(values))
	for k, v := range values {
		if math.IsNaN(v) || len(drawn[k]) == 0 {
			continue
		}
		slices.Sort(drawn[k])
		last := float64(len(drawn[k]) - 1)
		out[k] = &Figure{v, drawn[k][int(math.Round(0.025*last))], drawn[k][int(math.Round(0.975*last))]}
	}
	return out
}
