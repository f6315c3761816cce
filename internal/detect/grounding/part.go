package grounding

import (
	"merlon.dev/merlon/internal/detect/pair"
	"merlon.dev/merlon/internal/detect/trunk"
)

// part is a text as relevance takes it: the windows of the view that the trunk reads first.
type part struct {
	text    string
	words   []pair.Word
	windows []window
}

// window is some tokens of a part, with those that frame them.
type window struct {
	start, end []int32 // bytes of each token in the part's text
}

// partOf takes the windows of the first view of a reading.
func partOf(r *trunk.Reading) (p part) {
	if len(r.Windows) == 0 {
		return p
	}
	view := r.Windows[0].View
	p.text, p.words = view.Text, pair.Words(view.Text)
	for _, w := range r.Windows {
		if w.View != view {
			break
		}
		p.windows = append(p.windows, window{w.Start, w.End})
	}
	return p
}

// tokens gives the rows of the window's tokens that touch a stretch of the text.
func (w window) tokens(at [2]int) (from, to int) {
	for i, start := range w.start {
		if int(start) < at[1] && int(w.end[i]) > at[0] && w.end[i] > start {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	return from, to
}
