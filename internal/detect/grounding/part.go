package grounding

import (
	"context"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
)

// part is a text as the tower takes it: the windows of the view that the trunk reads first.
type part struct {
	text    string
	words   []word
	windows []window
}

// window is some tokens of a part, with those that frame them.
type window struct {
	rows       nn.Matrix
	start, end []int32 // bytes of each token in the part's text
}

// bounds is the stretch of the part's text that the window reads.
func (w window) bounds() (from, to int) {
	if n := len(w.start); n > 2 {
		return int(w.start[1]), int(w.end[n-2])
	}
	return 0, 0
}

// readPart takes a document through the trunk. One without a token has no window.
func readPart(ctx context.Context, t *trunk.Trunk, d *text.Document) (p part, err error) {
	r, err := t.Read(ctx, d)
	if err != nil {
		return p, err
	}
	return partOf(r), nil
}

// partOf takes the windows of the first view of a reading.
func partOf(r *trunk.Reading) (p part) {
	if len(r.Windows) == 0 {
		return p
	}
	view := r.Windows[0].View
	p.text, p.words = view.Text, words(view.Text)
	for i, w := range r.Windows {
		if w.View != view {
			break
		}
		p.windows = append(p.windows, window{r.Rows(i), w.Start, w.End})
	}
	return p
}

func parts(ctx context.Context, t *trunk.Trunk, docs []*text.Document) ([]part, error) {
	out := make([]part, len(docs))
	for i, d := range docs {
		var err error
		if out[i], err = readPart(ctx, t, d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// knowParts is what texts hold together; nil where there are none.
func knowParts(parts []part) *known {
	if len(parts) == 0 {
		return nil
	}
	all := make([][]word, len(parts))
	for i, p := range parts {
		all[i] = p.words
	}
	return know(all...)
}

// group is windows of the sources that are seen together.
type group struct {
	windows []window
	known   *known
}

// groups divides the windows of all sources into groups of at most joint, as few and as even as can be, in order.
func groups(sources []part) []group {
	var windows []window
	var read [][]word
	for _, p := range sources {
		for _, w := range p.windows {
			from, to := w.bounds()
			windows, read = append(windows, w), append(read, words(p.text[from:to]))
		}
	}
	n := len(windows)
	count := (n + joint - 1) / joint
	out := make([]group, count)
	for i := range out {
		from, to := i*n/count, (i+1)*n/count
		out[i] = group{windows[from:to], know(read[from:to]...)}
	}
	return out
}
