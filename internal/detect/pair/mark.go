package pair

import "slices"

// Mark says how a word stands to a text.
type Mark uint8

// The marks; their values are places among the features of a head.
const (
	unmarked  Mark = iota // no word, or nothing to hold it against
	same                  // the text has the word
	stemmed               // the text has a word with the same stem
	fresh                 // the text has neither
	number                // the text has the number, in figures or in words
	newNumber             // the text has not the number
	run                   // the text has the word and, before it, the word before

	MarkKinds // how many there are
)

// Known is what a text holds.
type Known struct {
	keys, stems, numbers map[string]bool
	pairs                map[[2]string]bool
}

// Know collects the words of texts. What ends one and what begins the next are no pair.
func Know(texts ...[]Word) *Known {
	k := &Known{keys: map[string]bool{}, stems: map[string]bool{}, numbers: map[string]bool{}, pairs: map[[2]string]bool{}}
	for _, words := range texts {
		last := ""
		for _, w := range words {
			k.keys[w.key] = true
			if w.number {
				k.numbers[w.key] = true
			} else {
				if s := stem(w.key); s != "" {
					k.stems[s] = true
				}
				if n := numeral(w.key); n != "" {
					k.numbers[n] = true
				}
			}
			if last != "" {
				k.pairs[[2]string{last, w.key}] = true
			}
			last = w.key
		}
	}
	return k
}

// Holds says whether the text has one of the words, given in lower case.
func (k *Known) Holds(words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return k.keys[w] })
}

// Marks gives the mark of each word; all are unmarked where k is nil.
func (k *Known) Marks(words []Word) []Mark {
	out := make([]Mark, len(words))
	if k == nil {
		return out
	}
	last := ""
	for i, w := range words {
		out[i] = k.mark(last, w)
		last = w.key
	}
	return out
}

func (k *Known) mark(last string, w Word) Mark {
	switch {
	case w.number && k.numbers[w.key]:
		return number
	case w.number:
		return newNumber
	case k.keys[w.key] && k.pairs[[2]string{last, w.key}]:
		return run
	case k.keys[w.key]:
		return same
	}
	if n := numeral(w.key); n != "" && k.numbers[n] {
		return number
	}
	if s := stem(w.key); s != "" && k.stems[s] {
		return stemmed
	}
	return fresh
}

// OfTokens gives the mark of each token, by where it starts and ends in the text of the words: that of the first word that it touches, and none
// where it touches none.
func OfTokens(start, end []int32, words []Word, marks []Mark) []Mark {
	out := make([]Mark, len(start))
	w := 0
	for i := range start {
		for w < len(words) && words[w].end <= int(start[i]) {
			w++
		}
		if w < len(words) && words[w].start < int(end[i]) {
			out[i] = marks[w]
		}
	}
	return out
}
