package grounding

import "math"

// features is how many numbers go to the head beside a sentence's rows: the share of each mark of its words against the source and against
// the query, how many numbers are new, how many words there are, and the mean and the least likeness of its tokens to the source.
const features = 2*int(markKinds) + 4

const newNumbers = 2 * int(markKinds)

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
	f[newNumbers] = float32(min(3, counts[newNumber])) / 3
	f[newNumbers+1] = float32(math.Log1p(float64(n))) / 4
	return f
}

// addLikeness completes features with the likenesses of the sentence's tokens, of which there is at least one.
func addLikeness(f *[features]float32, likeness []float32) {
	mean, least := float32(0), likeness[0]
	for _, v := range likeness {
		mean += v
		least = min(least, v)
	}
	f[newNumbers+2], f[newNumbers+3] = mean/float32(len(likeness)), least
}
