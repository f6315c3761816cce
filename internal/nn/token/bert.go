package token

import "unicode/utf8"

// bertWords normalises text and cuts it into words as BERT does: at white space, with each punctuation mark and, if
// wanted, each ideograph a word of its own.
type bertWords struct{ table *foldTable }

// cut hands each word of text[start:end] over in dst's scratch.
func (b bertWords) cut(dst *Encoding, start, end int, words model) {
	s := &dst.scratch
	s.marks.begin()
	text, ascii, word := s.text[:end], &b.table.ascii, &s.word
	for i := start; i < end; {
		if c := text[i]; c < utf8.RuneSelf {
			f := &ascii[c]
			if f.class == letter && len(f.text) == 1 && len(s.marks.waiting) == 0 {
				word.bytes, word.from = append(word.bytes, f.text[0]), append(word.from, int32(i))
				s.runes++
			} else if f.class != letter || f.text != "" {
				dst.fold(*f, int32(i), true, words)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch number := b.table.block(r)[r%foldBlock]; number {
		case foldSame:
			s.settle(int32(i))
			if r == utf8.RuneError {
				word.add("\ufffd", int32(i))
			} else {
				word.add(text[i:i+n], int32(i))
			}
			s.runes++
		case foldSyllable:
			s.settle(int32(i))
			s.syllable(r, int32(i))
		case foldRemoved:
		case foldSingle:
			dst.fold(folded{text: text[i : i+n], class: single}, int32(i), true, words)
		default:
			for k, f := range b.table.folds[number] {
				dst.fold(f, int32(i), k == 0, words)
			}
		}
		i += n
	}
	s.settle(0)
	dst.finish(words)
}

// fold takes the next character of normalised text. first says that it is the first one that the character at from
// becomes.
func (e *Encoding) fold(f folded, from int32, first bool, words model) {
	s := &e.scratch
	if f.order > 0 {
		s.marks.add(f, from, first)
		return
	}
	s.settle(from)
	switch f.class {
	case letter:
		s.word.add(f.text, from)
		s.runes++
	case space:
		e.finish(words)
	case single:
		e.finish(words)
		s.word.add(f.text, from)
		s.runes++
		e.finish(words)
	case mark: // of order 0: removed
	}
}

// syllable adds the letters of a Hangul syllable.
func (s *scratch) syllable(r rune, from int32) {
	n := r - syllableFirst
	letters := [3]rune{leadFirst + n/(vowels*tails), vowelFirst + n/tails%vowels, tailGap + n%tails}
	for _, l := range letters {
		if l != tailGap {
			at := len(s.word.bytes)
			s.word.bytes = utf8.AppendRune(s.word.bytes, l)
			for range len(s.word.bytes) - at {
				s.word.from = append(s.word.from, from)
			}
			s.runes++
		}
	}
}

// settle puts the marks that wait in order, before a character that no mark moves across. from is where that one
// begins.
func (s *scratch) settle(from int32) {
	if len(s.marks.waiting) > 0 {
		s.runes += s.marks.settle(&s.word)
	}
	s.marks.last = from
}
