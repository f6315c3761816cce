package trunk

import (
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn/token"
)

const (
	// MaxTokens is the longest window, with the tokens that frame it.
	MaxTokens = 256
	// overlap is how many tokens two windows share at least, so that what lies on a border is seen whole.
	overlap = 64
)

// stretch is a window to be: tokens [from, to) of an encoding, which belong to a view.
type stretch struct {
	view     *text.View
	from, to int
}

// cut divides tokens [from, to) of a view into windows of at most most tokens, as few and as even as can be.
func cut(dst []stretch, view *text.View, from, to, most int) []stretch {
	n := to - from
	if n == 0 {
		return dst
	}
	count, size := 1, n
	if n > most {
		count = (n - overlap + most - overlap - 1) / (most - overlap)
		size = (n + (count-1)*overlap + count - 1) / count
	}
	for i := range count {
		start := from
		if i > 0 {
			start += i * (n - size) / (count - 1)
		}
		dst = append(dst, stretch{view, start, start + size})
	}
	return dst
}

// bounds gives the bytes of the view that a stretch reads.
func (s stretch) bounds(tokens *token.Encoding) (start, end int) {
	start, end = int(tokens.Start[s.from]), int(tokens.End[s.to-1])
	if start >= end { // tokens of nothing but spaces
		return 0, len(s.view.Text)
	}
	return start, end
}

func (s stretch) text(tokens *token.Encoding) string {
	start, end := s.bounds(tokens)
	return s.view.Text[start:end]
}

// span gives the original's bytes behind a stretch.
func (s stretch) span(tokens *token.Encoding) text.Span { return s.view.Source(s.bounds(tokens)) }
