package pair

import "math"

// Features is how many numbers go to the head beside a sentence's rows: the share of each mark of its words against the first text and against
// what is asked, how many numbers are new, how many words there are, and how many names neither text has.
const Features = 2*int(MarkKinds) + 3

const (
	newNumbers = 2*int(MarkKinds) + iota
	length
	newNames
)

// featuresOf counts the words that stand in part between from and to.
func featuresOf(words []Word, byFirst, byAsked []Mark, from, to int) (f [Features]float32) {
	var counts [2 * MarkKinds]int
	n, names := 0, 0
	for i, w := range words {
		if w.start < to && w.end > from {
			counts[byFirst[i]]++
			counts[MarkKinds+byAsked[i]]++
			if n > 0 && w.capital && byFirst[i] == fresh && (byAsked[i] == fresh || byAsked[i] == unmarked) {
				names++ // what begins the part has a capital anyway
			}
			n++
		}
	}
	for i, c := range counts {
		f[i] = float32(c) / float32(max(1, n))
	}
	f[newNumbers] = float32(min(3, counts[newNumber])) / 3
	f[length] = float32(math.Log1p(float64(n))) / 4
	f[newNames] = float32(min(2, names)) / 2
	return f
}
