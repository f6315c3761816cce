package grounding

import "math"

// features is how many numbers about its words go to a head beside a unit's rows: the share of each mark against the source and against
// the query, how many numbers are new, and how many words there are.
const features = 2*int(markKinds) + 2

// featuresOf counts the words between from and to.
func featuresOf(words []word, bySource, byQuery []mark, from, to int) (f [features]float32) {
	var counts [2 * markKinds]int
	n := 0
	for i, w := range words {
		if w.start >= from && w.end <= to {
			counts[bySource[i]]++
			counts[markKinds+byQuery[i]]++
			n++
		}
	}
	for i, c := range counts {
		f[i] = float32(c) / float32(max(1, n))
	}
	f[features-2] = float32(min(3, counts[newNumber])) / 3
	f[features-1] = float32(math.Log1p(float64(n))) / 4
	return f
}
