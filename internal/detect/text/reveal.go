package text

import (
	"cmp"
	"slices"
)

// Revealed gives the Clean text with every encoded run replaced by what it says, and the Decoded views that found no place in it: what is
// hidden in invisible characters, and second readings of a run. Where nothing is encoded it is the Clean view itself. A model reads
// it: encoded characters say nothing by themselves, and would only be taken for an attack.
func (d *Document) Revealed() (revealed *View, rest []*View) {
	r := d.revealed.get(func() revelation { return reveal(d.Clean(), d.Decoded()) })
	return r.view, r.rest
}

// revelation is what Revealed gives.
type revelation struct {
	view *View
	rest []*View
}

// reveal replaces in v the runs of the views that were decoded from it, each revealed in turn; where two overlap the first counts.
func reveal(v *View, decoded []*View) revelation {
	var b builder
	var rest []*View
	done := 0 // of v.Text
	for _, child := range inside(v, decoded) {
		from, to := int(child.runs[0].start), int(child.runs[0].end)
		deeper := reveal(child, decoded)
		rest = append(rest, deeper.rest...)
		if from < done {
			rest = append(rest, deeper.view)
			continue
		}
		b.copy(v.Text[done:from], done)
		b.atomic(from, to)
		b.out = append(b.out, deeper.view.Text...)
		done = to
	}
	if v.Kind == Clean {
		for _, other := range decoded {
			if other.Kind == Hidden {
				rest = append(rest, other)
			}
		}
	}
	if done == 0 {
		return revelation{v, rest}
	}
	b.copy(v.Text[done:], done)
	return revelation{b.view(Revealed, v.Text, v), rest}
}

// inside gives the views that were decoded from v, in the order of their runs.
func inside(v *View, decoded []*View) (found []*View) {
	for _, d := range decoded {
		if d.parent == v {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b *View) int { return cmp.Compare(a.runs[0].start, b.runs[0].start) })
	return found
}
