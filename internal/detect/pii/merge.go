package pii

import (
	"cmp"
	"slices"
)

// found is a finding in the clean text: bytes [start, end) are a value of the type at rank.
type found struct {
	start, end int
	rank       int
	score      float64 // in (0, 1]
}

// inside reports whether f is a part of other, and less than all of it.
func (f found) inside(other found) bool {
	return f.start >= other.start && f.end <= other.end && f.end-f.start < other.end-other.start
}

// merge settles overlaps by the rule in the package comment and gives the enabled findings that are left, in text order. It
// reorders all, and the result shares its memory.
func merge(all []found, enabled *[len(ranks)]bool) []found {
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.rank, b.rank),
			cmp.Compare(b.score, a.score))
	})
	left := all[:0]
	vetoes := standing(all, enabled)
	next, end := 0, 0
	for _, f := range all {
		if !enabled[f.rank] || f.start < end {
			continue
		}
		for next < len(vetoes) && vetoes[next].end <= f.start {
			next++
		}
		if vetoed(f, vetoes[next:]) {
			continue
		}
		left = append(left, f)
		end = f.end
	}
	return left
}

// standing gives the findings of types that are not enabled, without those that a better-ranked one of them overlaps, so
// that what is left is in text order both by start and by end.
func standing(all []found, enabled *[len(ranks)]bool) []found {
	var out []found
	for _, f := range all {
		if enabled[f.rank] {
			continue
		}
		for len(out) > 0 && out[len(out)-1].end > f.start && f.rank < out[len(out)-1].rank {
			out = out[:len(out)-1]
		}
		if len(out) == 0 || out[len(out)-1].end <= f.start {
			out = append(out, f)
		}
	}
	return out
}

// vetoed reports whether one of the vetoes, which are in text order and end after f's start, overlaps f, outranks it and is no
// mere part of it.
func vetoed(f found, vetoes []found) bool {
	for _, v := range vetoes {
		if v.start >= f.end {
			return false
		}
		if v.rank < f.rank && !v.inside(f) {
			return true
		}
	}
	return false
}
