package eval

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// sample is one row as one label sees it.
type sample struct {
	score    float64
	positive bool
	hits     []bool
	lang     string
}

// Where the figures of a label stand; those of the points follow, perPoint each.
const (
	auroc = iota
	recallAt1
	recallAt2
	firstPoint
)

const (
	precision = iota
	recall
	f1
	falseAlarms
	perPoint
)

// measure computes every figure of samples in falling order of score, of which the i-th counts weight[i] times. A figure that is not
// defined, such as the recall without positives, is NaN.
func measure(samples []sample, weight []int, points int) []float64 {
	out := make([]float64, firstPoint+points*perPoint)
	var positives, negatives float64
	tp, fp := make([]float64, points), make([]float64, points)
	for i, s := range samples {
		w := float64(weight[i])
		into := fp
		if s.positive {
			positives += w
			into = tp
		} else {
			negatives += w
		}
		for k, hit := range s.hits {
			if hit {
				into[k] += w
			}
		}
	}
	area, hits, alarms, at1, at2 := 0.0, 0.0, 0.0, 0.0, 0.0
	for i := 0; i < len(samples); {
		var p, n float64 // of one score
		score := samples[i].score
		for ; i < len(samples) && samples[i].score == score; i++ {
			if samples[i].positive {
				p += float64(weight[i])
			} else {
				n += float64(weight[i])
			}
		}
		area += p * (negatives - alarms - n/2)
		hits, alarms = hits+p, alarms+n
		if alarms <= 0.01*negatives {
			at1 = hits
		}
		if alarms <= 0.02*negatives {
			at2 = hits
		}
	}
	out[auroc] = area / (positives * negatives) // 0/0 is NaN
	out[recallAt1], out[recallAt2] = at1/positives, at2/positives
	if negatives == 0 {
		out[recallAt1], out[recallAt2] = math.NaN(), math.NaN()
	}
	for k := range points {
		f := out[firstPoint+k*perPoint:]
		f[precision], f[recall] = tp[k]/(tp[k]+fp[k]), tp[k]/positives
		f[f1], f[falseAlarms] = 2*tp[k]/(tp[k]+fp[k]+positives), fp[k]/negatives
	}
	return out
}

// resamples is how many times the bootstrap draws.
const resamples = 300

// figures are the values of measure with their 95 % bootstrap intervals over rows. The same samples give the same figures.
func figures(samples []sample, points int) []*Figure {
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b sample) int { return cmp.Compare(b.score, a.score) })
	weight := make([]int, len(samples))
	for i := range weight {
		weight[i] = 1
	}
	values := measure(samples, weight, points)
	drawn := make([][]float64, len(values))
	rng := rand.New(rand.NewPCG(4, 4)) //nolint:gosec // the draws shall be the same every time
	for range resamples {
		clear(weight)
		for range weight {
			weight[rng.IntN(len(weight))]++
		}
		for k, v := range measure(samples, weight, points) {
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
		n := float64(len(drawn[k]) - 1)
		out[k] = &Figure{v, drawn[k][int(math.Round(0.025*n))], drawn[k][int(math.Round(0.975*n))]}
	}
	return out
}
