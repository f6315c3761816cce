package token

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// metaspace cuts normalised text into words as SentencePiece does: a mark stands for a space, and words begin with it.
type metaspace struct {
	mark     string
	prefixed bool // a mark is put before a text that does not begin with one
	split    bool // white space is removed first, and each stretch between is a text of its own
	stops    [256]bool
}

func newMetaspace(mark string, prefixed, split bool) *metaspace {
	m := &metaspace{mark: mark, prefixed: prefixed, split: split}
	for _, c := range []byte("\t\n\v\f\r \xc2\xe1\xe2\xe3" + mark[:1]) { // what white space and the mark begin with
		m.stops[c] = true
	}
	return m
}

// cut hands each word of the normalised text over in dst's scratch.
func (m *metaspace) cut(dst *Encoding, words model) {
	s := &dst.scratch
	text, from, word := s.in.bytes, s.in.from, &s.word
	word.reset()
	begun := false // whether the present text has a word
	for i := 0; i < len(text); {
		mark, space := m.at(text[i:])
		switch {
		case space > 0 && m.split:
			dst.finish(words)
			begun = false
			i += space
			continue
		case mark > 0:
			dst.finish(words)
			word.add(m.mark, from[i])
			begun = true
			i += mark
			continue
		case !begun && m.prefixed:
			word.add(m.mark, from[i])
		}
		begun = true
		end := i + 1
		for end < len(text) && !m.stops[text[end]] {
			end++
		}
		word.bytes, word.from = append(word.bytes, text[i:end]...), append(word.from, from[i:end]...)
		i = end
	}
	dst.finish(words)
}

// at is the length of the mark or of the white space at the front of text. A plain space is both.
func (m *metaspace) at(text []byte) (mark, space int) {
	if !m.stops[text[0]] {
		return 0, 0
	}
	if text[0] == ' ' {
		return 1, 1
	}
	if bytes.HasPrefix(text, []byte(m.mark)) {
		return len(m.mark), 0
	}
	if r, n := utf8.DecodeRune(text); unicode.IsSpace(r) {
		return 0, n
	}
	return 0, 0
}

// finish hands the present word over, if there is one, and begins the next.
func (e *Encoding) finish(m model) {
	s := &e.scratch
	if len(s.word.bytes) > 0 {
		m.encode(e)
		s.words++
	}
	s.word.reset()
	s.runes = 0
}
