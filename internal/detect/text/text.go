// Package text turns a caller's text into the views that detectors compare against, each with a map back to the caller's bytes.
package text

import "sync"

// Document is one block of a caller's text with the views that detectors read. It is immutable for its readers and safe for
// concurrent use: each view is made once, when the first detector asks for it.
//
// The views build on one another, from careful to bold:
//
//	Original ── Clean ── Folded ── Joined
//	    │         └── Decoded (each with its own Folded and Joined) ── Revealed
//	    └── Decoded (text hidden in invisible characters)
type Document struct {
	original string

	clean    lazy[*View]
	decoded  lazy[[]*View]
	revealed lazy[revelation]
	derived  derived
}

// New makes a document of original, which must be valid UTF-8: a byte that is not reads as U+FFFD in every view. A document
// holds at most 4 GiB; more panics, since the limits of the front are far below.
func New(original string) *Document {
	if uint64(len(original)) > 1<<32-1 {
		panic("text: a document of more than 4 GiB")
	}
	return &Document{original: original}
}

// Original gives the caller's text, byte for byte.
func (d *Document) Original() string { return d.original }

// Clean gives the text as a person sees it: in Unicode's form NFKC, without invisible characters (zero-width, bidirectional
// controls, soft hyphens, tag characters, variation selectors, control characters), characters taken back with a backspace gone,
// escapes undone (HTML references, percent, \u, \x and \U escapes, nested ones too) and loose Hangul letters put together.
// Case, accents and line ends are kept; no character keeps more than 8 combining marks. In two things it is not NFKC: a Hangul
// letter that stands alone stays a letter (ㅋ) and does not become a conjoining one, and U+2800 is a space. Cleaning a clean text
// changes nothing. Detectors of personal data and patterns read it. Where nothing had to change its Text is the original itself.
func (d *Document) Clean() *View {
	return d.clean.get(func() *View { return clean(d.original) })
}

// Folded gives the Clean text for comparison: full case folding, accents and points off, look-alike letters turned into the Latin
// letters that they imitate. Detectors of words and the models read it.
//
// A look-alike of another script is folded only where it poses as Latin: in a token that also has Latin letters, or in a token all
// of whose letters are look-alikes while the text has more Latin letters than letters of that script without a Latin twin. Genuine
// Russian, Greek or Armenian text therefore stays itself. Marks are taken off in Latin, Greek, Cyrillic (й and ї are letters, and
// stay), Hebrew and Arabic; in other scripts they are part of the spelling, and stay.
func (d *Document) Folded() *View { return d.Clean().Folded() }

// Joined gives the Folded text read generously, a second chance for words that were pulled apart: letters spelled out one by one
// are closed up ("k i l l", "k.i.l.l"), digits and signs that stand for letters are read as such ("k1ll", "$ex"), marks of
// emphasis inside a word and a digit between Hangul syllables are dropped, three or more equal letters become one, and a token
// all of look-alike letters is folded even when the text gives no Latin context. It is the Folded view itself where there is
// nothing to join, so that a reader can skip it by comparing pointers.
func (d *Document) Joined() *View { return d.Clean().Joined() }

// Decoded gives the texts that are hidden in this one in an encoding: Base64, Base32, hexadecimal, decimal and binary character
// codes, quoted-printable, ROT13 and other shifts, Atbash, Morse, Hangul set apart syllable by syllable, reversed and upside-down text,
// and text in tag characters or variation selectors; each also inside another, two deep. Each is clean; its Source is the whole encoded run. The tests of
// plausibility are strict: ordinary text has none. The order is that of the text, then of the encodings.
func (d *Document) Decoded() []*View {
	return d.decoded.get(func() []*View { return decodeDocument(d) })
}

// lazy is a value made once, by the first of any number of readers.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(make func() T) T {
	l.once.Do(func() { l.value = make() })
	return l.value
}
