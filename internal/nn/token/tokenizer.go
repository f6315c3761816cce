package token

import (
	"errors"
	"fmt"
)

// MaxText is the longest text in bytes that is taken at once.
const MaxText = 1 << 24

// maxGrowth is how many times longer normalised text may be, so that its places fit an int32.
const maxGrowth = 1 << 31 / MaxText / 2

// ErrTooLong says that a text is longer than MaxText.
var ErrTooLong = errors.New("text is too long to tokenize")

// Tokenizer turns text into tokens. It is immutable and may be used concurrently, each call with its own Encoding.
type Tokenizer struct {
	pieces       []string // by id
	ids          map[string]int32
	added        *added
	cutter       cutter
	model        model
	single, pair []part
	spelling     spelling
	special      map[int32]bool // ids that stand for no text
}

// cutter normalises text[start:end] of dst's scratch and hands over each word.
type cutter interface {
	cut(dst *Encoding, start, end int, words model)
}

// model turns the word in dst's scratch into tokens.
type model interface{ encode(dst *Encoding) }

// Len is the size of the vocabulary: one more than the largest id.
func (t *Tokenizer) Len() int { return len(t.pieces) }

// Piece is the text of a token as the vocabulary spells it, "" for an id that has none.
func (t *Tokenizer) Piece(id int32) string {
	if id < 0 || int(id) >= len(t.pieces) {
		return ""
	}
	return t.pieces[id]
}

// ID looks a token up by the vocabulary's spelling.
func (t *Tokenizer) ID(piece string) (id int32, ok bool) {
	id, ok = t.ids[piece]
	return id, ok
}

// Append adds the tokens of text to dst, without a frame. Offsets are bytes of text, words are counted from 0. It
// changes nothing and returns ErrTooLong for a text of more than MaxText bytes.
func (t *Tokenizer) Append(dst *Encoding, text string) error {
	return t.append(dst, text, 0, nil)
}

// Span is bytes of a text: From, up to but without To.
type Span struct{ From, To int }

// AppendForeign is Append for a text that others wrote in part: what looks like an added token and reaches into one of the spans, which are in order,
// is ordinary text. So nobody can speak in the model's own marks.
func (t *Tokenizer) AppendForeign(dst *Encoding, text string, foreign []Span) error {
	return t.append(dst, text, 0, foreign)
}

func (t *Tokenizer) append(dst *Encoding, text string, kind int32, foreign []Span) error {
	if len(text) > MaxText {
		return fmt.Errorf("%w: %d bytes of at most %d", ErrTooLong, len(text), MaxText)
	}
	s := &dst.scratch
	s.text, s.kind, s.words = text, kind, 0
	s.word.reset()
	s.runes = 0
	for done, i := 0, 0; ; {
		start, end, token := t.added.next(text, i)
		if token == nil {
			t.between(dst, done, len(text))
			break
		}
		for len(foreign) > 0 && foreign[0].To <= start {
			foreign = foreign[1:]
		}
		if len(foreign) > 0 && foreign[0].From < end {
			i = start + 1
			continue
		}
		i = end
		if token.left {
			start = max(spaceBefore(text[:start]), done)
		}
		if token.right {
			end += spaceAfter(text[end:])
		}
		t.between(dst, done, start)
		dst.add(token.id, kind, int32(start), int32(end), s.words)
		s.words++
		done = end
	}
	s.text = "" // keeps no caller's text alive
	return nil
}

// between adds the tokens of text[start:end], which holds no added token.
func (t *Tokenizer) between(dst *Encoding, start, end int) {
	if start < end {
		t.cutter.cut(dst, start, end, t.model)
	}
}

// Encode adds the tokens of text in the model's frame, such as [CLS] text [SEP].
func (t *Tokenizer) Encode(dst *Encoding, text string) error {
	return t.encode(dst, t.single, [2]string{text})
}

// EncodePair adds the tokens of two texts in the model's frame. Offsets and words count in each text by itself.
func (t *Tokenizer) EncodePair(dst *Encoding, a, b string) error {
	return t.encode(dst, t.pair, [2]string{a, b})
}

func (t *Tokenizer) encode(dst *Encoding, frame []part, texts [2]string) error {
	if len(texts[0]) > MaxText || len(texts[1]) > MaxText {
		return fmt.Errorf("%w: %d and %d bytes of at most %d", ErrTooLong, len(texts[0]), len(texts[1]), MaxText)
	}
	for _, p := range frame {
		if p.text < 0 {
			dst.add(p.id, p.kind, 0, 0, -1)
		} else if err := t.append(dst, texts[p.text], p.kind, nil); err != nil {
			return err
		}
	}
	return nil
}

// Window is some tokens of an Encoding that was made without a frame.
type Window struct {
	Of       *Encoding
	From, To int // tokens Of.IDs[From:To]
}

// Frame adds a window in the model's frame to dst, another Encoding. It keeps offsets and words.
func (t *Tokenizer) Frame(dst *Encoding, a Window) { t.frame(dst, t.single, [2]Window{a}) }

// FramePair adds two windows in the model's frame to dst, another Encoding.
func (t *Tokenizer) FramePair(dst *Encoding, a, b Window) { t.frame(dst, t.pair, [2]Window{a, b}) }

func (t *Tokenizer) frame(dst *Encoding, frame []part, windows [2]Window) {
	for _, p := range frame {
		if p.text < 0 {
			dst.add(p.id, p.kind, 0, 0, -1)
			continue
		}
		w := windows[p.text]
		for i := w.From; i < w.To; i++ {
			dst.add(w.Of.IDs[i], p.kind, w.Of.Start[i], w.Of.End[i], w.Of.Word[i])
		}
	}
}
