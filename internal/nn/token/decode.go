package token

import (
	"strings"
	"unicode/utf8"
)

// spelling is how pieces spell text.
type spelling int

const (
	noSpelling spelling = iota // pieces are not decoded
	bytesSpelt                 // each character of a piece spells a byte
	marksSpelt                 // a mark spells a space, <0x0A> a byte; the text's first space is put there by the tokenizer
)

// mark is what spells a space in SentencePiece's vocabularies.
const spaceMark = "▁"

// newSpelling reads the decoder of a file.
func newSpelling(decoder component) (spelling, error) {
	switch kind := decoder.kind(); {
	case decoder == nil:
		return noSpelling, nil
	case kind == "ByteLevel":
		return bytesSpelt, nil
	case kind == "Metaspace":
		if decoder["replacement"] != spaceMark {
			return noSpelling, malformed("decoder Metaspace: the replacement is not served")
		}
		return marksSpelt, nil
	case kind == "Sequence":
		list, err := decoder.list("decoders")
		if err != nil {
			return noSpelling, err
		}
		var kinds []string
		for _, v := range list {
			c, _ := v.(component)
			kinds = append(kinds, c.kind())
			pattern, _ := c["pattern"].(component)
			if c.kind() == "Replace" && (pattern["String"] != spaceMark || c["content"] != " ") {
				return noSpelling, malformed("decoder Replace is served for %q alone", spaceMark)
			}
		}
		if got := strings.Join(kinds, " "); got == "Replace ByteFallback Fuse Strip" || got == "ByteFallback Metaspace" {
			return marksSpelt, nil
		}
		return noSpelling, malformed("a decoder of %.80q is not served", strings.Join(kinds, " "))
	default:
		return noSpelling, malformed("decoder %.40q is not served", kind)
	}
}

// Special reports whether an id is a special token, which stands for no text.
func (t *Tokenizer) Special(id int32) bool { return t.special[id] }

// Text is a text that grows by tokens. What is given out never holds half a character, so that a character of several tokens comes when the last
// of them is there. A byte that can become no character reads as U+FFFD. It belongs to one goroutine.
type Text struct {
	t       *Tokenizer
	waiting []byte
	begun   bool
}

// NewText is an empty text. Only tokenizers with a BPE model spell text; with others it stays empty.
func (t *Tokenizer) NewText() *Text { return &Text{t: t} }

// Append adds the characters that a token completes to dst. A special token, or an id that has no piece, gives none.
func (x *Text) Append(dst []byte, id int32) []byte {
	piece := x.t.Piece(id)
	if piece == "" || x.t.special[id] {
		return dst
	}
	switch x.t.spelling {
	case bytesSpelt:
		x.waiting, _ = unmapped(x.waiting, piece)
	case marksSpelt:
		if c, ok := spelledByte(piece); ok {
			x.waiting = append(x.waiting, c)
			break
		}
		dst = x.flush(dst, true) // no other token completes a character
		for {
			before, after, found := strings.Cut(piece, spaceMark)
			x.waiting = append(x.waiting, before...)
			if !found {
				break
			}
			x.waiting, piece = append(x.waiting, ' '), after
		}
	}
	return x.flush(dst, false)
}

// End adds what is left of a character that was never completed, as U+FFFD.
func (x *Text) End(dst []byte) []byte { return x.flush(dst, true) }

// Decode is the text that tokens spell, without special tokens.
func (t *Tokenizer) Decode(ids []int32) string {
	var out []byte
	text := t.NewText()
	for _, id := range ids {
		out = text.Append(out, id)
	}
	return string(text.End(out))
}

// flush moves whole characters to dst, and, at the end, what is none.
func (x *Text) flush(dst []byte, end bool) []byte {
	b := x.waiting
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !end && !utf8.FullRune(b) {
				break
			}
			if x.t.spelling == bytesSpelt {
				n = broken(b)
			}
		}
		if x.t.spelling != marksSpelt || x.begun || r != ' ' {
			dst = utf8.AppendRune(dst, r)
		}
		x.begun = true
		b = b[n:]
	}
	x.waiting = append(x.waiting[:0], b...)
	return dst
}

// broken is how many bytes read as one U+FFFD: the longest beginning of a character, as Unicode recommends and Rust does.
func broken(b []byte) int {
	n := 1
	for n < len(b) && !utf8.FullRune(b[:n+1]) {
		n++
	}
	return n
}

// spelledByte is the byte of a piece such as <0x0A>.
func spelledByte(piece string) (byte, bool) {
	if len(piece) != 6 || piece[:3] != "<0x" || piece[5] != '>' {
		return 0, false
	}
	var v byte
	for _, c := range []byte(piece[3:5]) {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | (c - '0')
		case c >= 'A' && c <= 'F':
			v = v<<4 | (c - 'A' + 10)
		default:
			return 0, false
		}
	}
	return v, true
}
