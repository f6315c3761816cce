package pair

import (
	"cmp"
	"slices"
)

// mostParts is how many parts of a first text are read for each run of sentences: those that share most words with it, rare ones before all. It bounds
// what a long source costs, which may hold 25,000 tokens and be held against a long response.
const mostParts = 3

// evidence picks the parts of a first text, of at most room tokens each, that a run of words is held against, in the order of the text.
func (s *Passage) evidence(run []Word, room int) [][2]int {
	parts := cut(s.tokens.Len(), room, min(overlap, room/2))
	if len(parts) <= mostParts {
		return parts
	}
	holds := make([]map[string]bool, len(parts))
	in := map[string]int{} // how many parts hold a term
	at := 0
	for i, p := range parts {
		from, to := int(s.tokens.Start[p[0]]), int(s.tokens.End[p[1]-1])
		for at < len(s.words) && s.words[at].end <= from {
			at++
		}
		holds[i] = map[string]bool{}
		for _, w := range s.words[at:] {
			if w.start >= to {
				break
			}
			holds[i][term(w)] = true
		}
		for t := range holds[i] {
			in[t]++
		}
	}
	wanted := map[string]bool{}
	for _, w := range run {
		wanted[term(w)] = true
	}
	shared, order := make([]int, len(parts)), make([]int, len(parts))
	for i := range parts {
		order[i] = i
		for t := range wanted {
			if holds[i][t] {
				shared[i] += len(parts) / in[t]
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(shared[b], shared[a]) })
	chosen := order[:mostParts]
	slices.Sort(chosen)
	out := make([][2]int, mostParts)
	for i, c := range chosen {
		out[i] = parts[c]
	}
	return out
}

// term is what inflected forms of a word share, or the word itself where it is too short for that.
func term(w Word) string {
	if !w.number {
		if s := stem(w.key); s != "" {
			return s
		}
	}
	return w.key
}
