package token

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says what a character does to the word that it stands in.
type class uint8

const (
	letter class = iota
	space        // ends the word
	single       // is a word by itself
	mark         // is a letter, or removed if its text is empty, once the marks around it are in order
)

// folded is one character of what a character becomes.
type folded struct {
	text  string
	class class
	order uint8 // canonical combining class of a mark; what follows from 0 is a letter that was removed
}

// foldOptions are the settings of BERT's normaliser.
type foldOptions struct {
	Clean, Spaced, Strip, Lower bool // clean text, CJK as words, strip accents, lower case
}

// foldTable tells what each character becomes in BERT's normaliser and how its pre-tokeniser sees that.
type foldTable struct {
	ascii  [utf8.RuneSelf]folded
	blocks [(utf8.MaxRune + 1) / foldBlock]*[foldBlock]uint16 // numbers in folds, by character
	folds  [][]folded
}

const foldBlock = 128

// Numbers of folds with a meaning of their own; the numbers after them have folds.
const (
	foldSame uint16 = iota
	foldSyllable
	foldRemoved
	foldSingle // the character as it is, as a word
	foldOther
)

// span is a range of characters.
type span struct{ first, last rune }

// ideographs are taken one by one. Source: is_chinese_char of the reference.
var ideographs = [...]span{
	{0x3400, 0x4dbf},
	{0x4e00, 0x9fff},
	{0xf900, 0xfaff},
	{0x20000, 0x2a6df},
	{0x2a700, 0x2b73f},
	{0x2b740, 0x2b81f},
	{0x2b920, 0x2ceaf},
	{0x2f800, 0x2fa1f},
}

// Hangul syllables and the letters that they are made of. Source: the Unicode standard, section 3.12.
const (
	syllableFirst, syllableLast    = 0xac00, 0xd7a3
	leadFirst, vowelFirst, tailGap = 0x1100, 0x1161, 0x11a7
	vowels, tails                  = 21, 28
)

func in(spans []span, r rune) bool {
	_, found := slices.BinarySearchFunc(spans, r, func(s span, r rune) int {
		switch {
		case s.last < r:
			return -1
		case s.first > r:
			return 1
		}
		return 0
	})
	return found
}

func newFoldTable(o foldOptions) *foldTable {
	t := &foldTable{folds: make([][]folded, foldOther)}
	same := new([foldBlock]uint16)
	for i := range t.blocks {
		t.blocks[i] = same
	}
	if o.Spaced {
		for _, s := range ideographs {
			t.fill(s, foldSingle)
		}
	}
	if o.Clean {
		for _, s := range removedSpans {
			t.fill(s, foldRemoved)
		}
	}
	if o.Strip {
		t.fill(span{syllableFirst, syllableLast}, foldSyllable)
	}
	for _, s := range []span{{0, 0x33ff}, {0xa000, 0xabff}, {0xf900, 0x1ffff}, {0x2f800, 0x2fa1f}, {0xe0000, 0xe01ff}} {
		for r := s.first; r <= s.last; r++ { // the others are all alike or have no case, mark or decomposition
			if number, one := t.fold(r, o), t.block(r); one[r%foldBlock] != number {
				t.set(r, number)
			}
		}
	}
	for c := range t.ascii {
		t.ascii[c] = folded{text: string(rune(c)), class: letter}
		switch n := t.blocks[0][c]; n {
		case foldSame:
		case foldRemoved:
			t.ascii[c] = folded{}
		case foldSingle:
			t.ascii[c].class = single
		default:
			t.ascii[c] = t.folds[n][0]
		}
	}
	return t
}

func (t *foldTable) block(r rune) *[foldBlock]uint16 { return t.blocks[r/foldBlock] }

// fill gives all characters of a range one number. Whole blocks are shared.
func (t *foldTable) fill(s span, number uint16) {
	whole := new([foldBlock]uint16)
	for i := range whole {
		whole[i] = number
	}
	for r := s.first; r <= s.last; r++ {
		if r%foldBlock == 0 && r+foldBlock-1 <= s.last {
			t.blocks[r/foldBlock] = whole
			r += foldBlock - 1
			continue
		}
		t.set(r, number)
	}
}

// set gives one character a number, in a block that is not shared afterwards.
func (t *foldTable) set(r rune, number uint16) {
	own := *t.block(r)
	own[r%foldBlock] = number
	t.blocks[r/foldBlock] = &own
}

// fold numbers what r becomes.
func (t *foldTable) fold(r rune, o foldOptions) uint16 {
	if o.Clean && (r == 0 || in(removedSpans[:], r)) {
		return foldRemoved
	}
	if o.Clean && unicode.IsSpace(r) {
		r = ' '
	}
	isolated := o.Spaced && in(ideographs[:], r)
	out := make([]folded, 0, 4)
	for _, d := range decompose(r, o.Strip) {
		f := folded{text: string(d)}
		switch marked := o.Strip && in(markSpans[:], d); {
		case marked:
			f = folded{class: mark, order: norm.NFD.PropertiesString(f.text).CCC()}
		case o.Strip && in(reorderedSpans[:], d):
			f.class, f.order = mark, norm.NFD.PropertiesString(f.text).CCC()
		case unicode.IsSpace(d):
			f.class = space
		case isolated || in(punctuationSpans[:], d):
			f.class = single
		}
		if !o.Lower || f.text == "" {
			out = append(out, f)
			continue
		}
		f.text = string(unicode.ToLower(d))
		out = append(out, f)
		if d == 'İ' { // the one character that becomes two
			out = append(out, folded{text: "\u0307"})
		}
	}
	if len(out) == 1 && out[0].text == string(r) && out[0].class == letter {
		return foldSame
	}
	if len(out) == 1 && out[0].text == string(r) && out[0].class == single {
		return foldSingle
	}
	t.folds = append(t.folds, out)
	return uint16(len(t.folds) - 1)
}

// decompose is the canonical decomposition of r, or r itself.
func decompose(r rune, on bool) []rune {
	const newer = 0x11938 // it came with Unicode 13, and the reference keeps to Unicode 9
	if !on || r == newer || r == utf8.RuneError {
		return []rune{r}
	}
	return []rune(norm.NFD.String(string(r)))
}
