package grounding

import "math"

// features is how many numbers go to the head beside a sentence's rows: the share of each mark of its words against the sources and against
// the queries, how many numbers are new, and how many words there are.
const features = 2*int(markKinds) + 2

const newNumbers = 2 * int(markKinds)

// featuresOf counts the words that stand in part between from and to.
func featuresOf(words []word, bySource, byQuery []mark, from, to int) (f [features]float32) {
	var counts [2 * markKinds]int
	n := 0
	for i, w := range words {
		if w.start < to && w.end > from {
			counts[bySource[i]]++
			counts[markKinds+byQuery[i]]++
			n++
		}
	}
	for i, c := range counts {
		f[i] = float32(c) / float32(max(1, n))
	}
	f[newNumbers] = float32(min(3, counts[newNumber])) / 3
	f[newNumbers+1] = float32(math.Log1p(float64(n))) / 4
	return f
}
