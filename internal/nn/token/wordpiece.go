package token

// wordPiece takes the longest piece at the front of a word again and again. A word with a stretch that no piece begins
// is one unknown token.
type wordPiece struct {
	front    trie // pieces by their text, for the front of a word
	inner    trie // pieces that begin with the prefix, by the text after it
	unk      int32
	maxRunes int // a word of more characters is unknown
}

func newWordPiece(pieces []entry, prefix string, unk int32, maxRunes int) (*wordPiece, error) {
	m := &wordPiece{unk: unk, maxRunes: maxRunes}
	var inner []entry
	for _, p := range pieces {
		if len(p.key) > len(prefix) && p.key[:len(prefix)] == prefix {
			inner = append(inner, entry{p.key[len(prefix):], p.number})
		}
	}
	var err error
	if m.front, err = newTrie(pieces); err != nil {
		return nil, err
	}
	m.inner, err = newTrie(inner)
	return m, err
}

// encode adds the tokens of the word in dst's scratch.
func (m *wordPiece) encode(dst *Encoding) {
	s := &dst.scratch
	word, before := s.word.bytes, dst.Len()
	pieces := m.front
	for at := 0; at < len(word); pieces = m.inner {
		n, id := 0, int32(0)
		if s.runes <= m.maxRunes {
			n, id = longest(pieces, word[at:])
		}
		if n == 0 {
			dst.truncate(before)
			dst.emit(m.unk, 0, len(word))
			return
		}
		dst.emit(id, at, at+n)
		at += n
	}
}
