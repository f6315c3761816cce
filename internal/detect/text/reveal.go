package text

import (
	"slices"
	"sort"
)

// Revealed gives the Clean text with every encoded run replaced by what it says, and the Decoded views that found no place in it: what is
// hidden in invisible characters, and second readings of a run. Where nothing is encoded it is the Clean view itself. A model reads
// it: encoded characters say nothing by themselves, and would only be taken for an attack.
func (d *Document) Revealed() (revealed *View, rest []*View) {
	r := d.revealed.get(func() revelation {
		from := map[*View][]*View{}
		var hidden []*View
		for _, v := range d.Decoded() {
			if v.Kind == Hidden {
				hidden = append(hidden, v)
			} else {
				from[v.parent] = append(from[v.parent], v)
			}
		}
		r := reveal(d.Clean(), from)
		r.rest = append(r.rest, hidden...)
		return r
	})
	return r.view, r.rest
}

// revelation is what Revealed gives.
type revelation struct {
	view *View
	rest []*View
}

// reveal replaces in v the runs of the views that were decoded from it, each revealed in turn; decoded has those of every view.
func reveal(v *View, decoded map[*View][]*View) revelation {
	if len(decoded[v]) == 0 {
		return revelation{view: v}
	}
	var b builder
	placed, others := place(decoded[v])
	var rest []*View
	for _, other := range others {
		deeper := reveal(other, decoded)
		rest = append(append(rest, deeper.rest...), deeper.view)
	}
	done := 0 // of v.Text
	for _, child := range placed {
		deeper := reveal(child, decoded)
		rest = append(rest, deeper.rest...)
		from, to := child.encoded()
		b.copy(v.Text[done:from], done)
		b.atomic(from, to)
		b.out = append(b.out, deeper.view.Text...)
		done = to
	}
	b.copy(v.Text[done:], done)
	return revelation{b.view(Revealed, v.Text, v), rest}
}

// place gives, of the views decoded from one, those whose runs can be replaced side by side, in the order of their runs, and those that
// overlap them. Codes come first, since their digits seldom make words by chance; what looks like language in a run that is mostly code
// is chance, and left out.
func place(decoded []*View) (placed, others []*View) {
	for _, codes := range []bool{true, false} {
		for _, d := range decoded {
			if d.code() != codes {
				continue
			}
			from, to := d.encoded()
			at := sort.Search(len(placed), func(i int) bool { return int(placed[i].runs[0].end) > from })
			overlap, covered := false, 0
			for _, p := range placed[at:] {
				start, end := p.encoded()
				if start >= to {
					break
				}
				overlap = true
				if p.code() {
					covered += min(to, end) - max(from, start)
				}
			}
			switch {
			case !overlap:
				placed = slices.Insert(placed, at, d)
			case codes || 2*covered <= to-from:
				others = append(others, d)
			}
		}
	}
	return placed, others
}

// encoded gives the bytes of its parent that a decoded view stands for.
func (v *View) encoded() (from, to int) { return int(v.runs[0].start), int(v.runs[0].end) }

// code reports whether a decoded view was spelled in a code for bytes, rather than in letters for letters.
func (v *View) code() bool {
	switch v.Kind {
	case Base64, Base32, Hex, Codes, Quoted:
		return true
	default:
		return false
	}
}
