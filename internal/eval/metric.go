package eval

import (
	"cmp"
	"math"
	"slices"
)

// sample is one row as one label sees it.
type sample struct {
	at       int // index of its weight
	rank     float64
	forecast float64 // probability; NaN where detection gives none
	positive bool
	hits     []bool
	lang     string
}

// byRank puts samples in falling order of rank, as measure wants them.
func byRank(samples []sample) []sample {
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b sample) int { return cmp.Compare(b.rank, a.rank) })
	return samples
}

// Where the figures of a label stand; those of the points follow, perPoint each.
const (
	auroc = iota
	recallAt1
	recallAt2
	brier
	calibrationError
	firstPoint
)

const (
	precision = iota
	recall
	f1
	falseAlarms
	perPoint
)

// measure computes every figure of samples in falling order of rank, each of which counts weight[at] times. A figure that is not
// defined, such as the recall without positives, is NaN.
func measure(samples []sample, weight []int, points int) []float64 {
	out := make([]float64, firstPoint+points*perPoint)
	var positives, negatives float64
	tp, fp := make([]float64, points), make([]float64, points)
	for _, s := range samples {
		w := float64(weight[s.at])
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
		var p, n float64 // of one rank
		rank := samples[i].rank
		for ; i < len(samples) && samples[i].rank == rank; i++ {
			if w := float64(weight[samples[i].at]); samples[i].positive {
				p += w
			} else {
				n += w
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
	out[brier], out[calibrationError] = misforecast(samples, weight)
	for k := range points {
		f := out[firstPoint+k*perPoint:]
		f[precision], f[recall] = tp[k]/(tp[k]+fp[k]), tp[k]/positives
		f[f1], f[falseAlarms] = 2*tp[k]/(tp[k]+fp[k]+positives), fp[k]/negatives
	}
	return out
}

// roc is the curve of false positive rate against recall, from (0, 0) to (1, 1), in steps no finer than a picture or a reader needs. It
// is nil without both classes.
func roc(samples []sample) (curve [][2]float64) {
	const finest = 1.0 / 400
	var positives, negatives float64
	for _, s := range samples {
		if s.positive {
			positives++
		} else {
			negatives++
		}
	}
	if positives == 0 || negatives == 0 {
		return nil
	}
	curve = append(curve, [2]float64{})
	var hits, alarms float64
	for i, s := range samples {
		if s.positive {
			hits++
		} else {
			alarms++
		}
		last := curve[len(curve)-1]
		at := [2]float64{alarms / negatives, hits / positives}
		switch {
		case i == len(samples)-1:
			curve = append(curve, at)
		case samples[i+1].rank != s.rank && (at[0]-last[0] >= finest || at[1]-last[1] >= finest):
			curve = append(curve, at)
		}
	}
	return curve
}
