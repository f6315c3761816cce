package token

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// step is one normaliser.
type step interface {
	apply(in, out *mapped) // writes what in becomes to out, which is empty
	growth() int           // how many times longer that may be, a few bytes aside
}

// sentence normalises a text in steps and cuts the outcome.
type sentence struct {
	steps []step
	words *metaspace
}

func (c *sentence) cut(dst *Encoding, start, end int, words model) {
	s := &dst.scratch
	s.read(start, end)
	for _, step := range c.steps {
		s.out.reset()
		step.apply(&s.in, &s.out)
		s.in, s.out = s.out, s.in
	}
	c.words.cut(dst, words)
}

// read fills in with text[start:end]. Bytes that are no UTF-8 become U+FFFD one by one.
func (s *scratch) read(start, end int) {
	s.in.reset()
	text := s.text[start:end]
	if !utf8.ValidString(text) {
		for i, r := range text { // a byte that is no UTF-8 gives U+FFFD
			at := len(s.in.bytes)
			s.in.bytes = utf8.AppendRune(s.in.bytes, r)
			for range len(s.in.bytes) - at {
				s.in.from = append(s.in.from, int32(start+i))
			}
		}
		return
	}
	s.in.bytes = append(s.in.bytes, text...)
	from := int32(start)
	for i := range len(text) {
		if utf8.RuneStart(text[i]) {
			from = int32(start + i)
		}
		s.in.from = append(s.in.from, from)
	}
}

func runeLen(s string) int32 {
	_, n := utf8.DecodeRuneInString(s)
	return int32(n)
}

// copy appends in[i:j].
func (m *mapped) copy(in *mapped, i, j int) {
	m.bytes, m.from = append(m.bytes, in.bytes[i:j]...), append(m.from, in.from[i:j]...)
}

// replacement puts a text in the place of another. It counts as coming from the last character of that.
type replacement struct{ old, put string }

func (p replacement) growth() int { return max(1, (len(p.put)+len(p.old)-1)/len(p.old)) }

func (p replacement) apply(in, out *mapped) {
	i := 0
	for {
		at := bytes.Index(in.bytes[i:], []byte(p.old))
		if at < 0 {
			break
		}
		out.copy(in, i, i+at)
		i += at + len(p.old)
		out.add(p.put, in.from[i-1])
	}
	out.copy(in, i, len(in.bytes))
}

// squeeze puts a text in the place of two or more spaces in a row.
type squeeze struct{ put string }

func (p squeeze) growth() int { return (len(p.put) + 2) / 2 }

func (p squeeze) apply(in, out *mapped) {
	for i := 0; i < len(in.bytes); {
		end := i
		for end < len(in.bytes) && in.bytes[end] == ' ' {
			end++
		}
		if end-i > 1 {
			out.add(p.put, in.from[end-1])
			i = end
			continue
		}
		if end == i { // up to the next space
			if end = bytes.IndexByte(in.bytes[i:], ' ') + i; end < i {
				end = len(in.bytes)
			}
		}
		out.copy(in, i, end)
		i = end
	}
}

// prepend puts a text before one that is not empty.
type prepend struct{ text string }

func (p prepend) growth() int { return 1 + len(p.text)/maxPiece }

func (p prepend) apply(in, out *mapped) {
	if len(in.bytes) > 0 {
		out.add(p.text, in.from[0])
		out.copy(in, 0, len(in.bytes))
	}
}

// strip removes white space from the ends.
type strip struct{ left, right bool }

func (p strip) growth() int { return 1 }

func (p strip) apply(in, out *mapped) {
	i, j := 0, len(in.bytes)
	if p.left {
		i = j - len(bytes.TrimLeftFunc(in.bytes, unicode.IsSpace))
	}
	if p.right {
		j = i + len(bytes.TrimRightFunc(in.bytes[i:], unicode.IsSpace))
	}
	out.copy(in, i, j)
}

// lower turns to lower case.
type lower struct{}

func (lower) growth() int { return 2 }

func (lower) apply(in, out *mapped) {
	for i := 0; i < len(in.bytes); {
		r, n := utf8.DecodeRune(in.bytes[i:])
		at := len(out.bytes)
		out.bytes = utf8.AppendRune(out.bytes, unicode.ToLower(r))
		if r == 'İ' { // the one character that becomes two
			out.bytes = append(out.bytes, "\u0307"...)
		}
		for range len(out.bytes) - at {
			out.from = append(out.from, in.from[i])
		}
		i += n
	}
}
