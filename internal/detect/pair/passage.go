package pair

import "merlon.dev/merlon/internal/nn/token"

// Passage is a text with its words and its tokens, which have no frame. It is immutable.
type Passage struct {
	text   string
	words  []Word
	tokens token.Encoding
}

// within is the words that stand, in part, in tokens [from, to).
func (s *Passage) within(from, to int) []Word {
	start, end := int(s.tokens.Start[from]), int(s.tokens.End[to-1])
	var out []Word
	for _, w := range s.words {
		if w.start < end && w.end > start {
			out = append(out, w)
		}
	}
	return out
}
