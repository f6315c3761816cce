package text

import "sort"

// Kind says how a view was made.
type Kind string

// The closed list of kinds.
const (
	Clean    Kind = "clean"
	Folded   Kind = "folded"
	Joined   Kind = "joined"
	Revealed Kind = "revealed" // Clean, with what is encoded decoded in its place
	Base64   Kind = "base64"
	Base32   Kind = "base32"
	Hex      Kind = "hex"
	Codes    Kind = "codes" // decimal, octal or binary character codes
	Quoted   Kind = "quoted-printable"
	Shift    Kind = "shift" // ROT13 and the other shifts of the Latin alphabet
	Atbash   Kind = "atbash"
	Morse    Kind = "morse"
	Apart    Kind = "apart" // Hangul syllable by syllable
	Reversed Kind = "reversed"
	Flipped  Kind = "upside-down"
	Hidden   Kind = "hidden" // spelled in tag characters or variation selectors
)

// View is one reading of a document: a text, and for every stretch of it the bytes of the original that it stands for.
// It is immutable for its readers and safe for concurrent use.
type View struct {
	Kind Kind
	Text string

	parent *View // what the runs lead back to; nil: the original
	runs   []run // nil: byte i of Text stands for byte i of the parent
	size   int   // bytes of the parent's text
	twins  bool  // Folded: holds a token of nothing but look-alikes, with no context to tell what it is

	folded, joined lazy[*View]
}

// run maps a stretch of a view, from its offset to the next run's, to its parent. With end 0 the stretch is as long as its source
// and maps byte by byte from start on; otherwise every part of it stands for the whole source [start, end).
type run struct {
	view, start, end uint32
}

// Source gives the original's span behind the view's bytes [start, end): from the first byte of the first character that
// contributed to the last byte of the last one, on character borders when start and end are. Offsets beyond the text are
// taken as its end. An empty range gives an empty span.
func (v *View) Source(start, end int) Span {
	start = min(max(start, 0), len(v.Text))
	end = min(max(end, start), len(v.Text))
	empty := start == end
	s := v.source(start, end)
	for p := v.parent; p != nil; p = p.parent {
		s = p.source(s.Start, s.End)
	}
	if empty {
		s.End = s.Start
	}
	return s
}

// source maps a range to the parent.
func (v *View) source(start, end int) Span {
	if v.runs == nil {
		return Span{start, end}
	}
	if len(v.runs) == 0 {
		return Span{v.size, v.size}
	}
	first := v.find(start)
	s := Span{Start: int(first.start)}
	if first.end == 0 {
		s.Start += start - int(first.view)
	}
	if start == end {
		s.End = s.Start
		return s
	}
	last := v.find(end - 1)
	if last.end != 0 {
		s.End = int(last.end)
	} else {
		s.End = int(last.start) + end - int(last.view)
	}
	return s
}

// find gives the run that holds the byte at offset at.
func (v *View) find(at int) run {
	n := sort.Search(len(v.runs), func(i int) bool { return int(v.runs[i].view) > at })
	return v.runs[max(n-1, 0)]
}

// Folded gives the view's text as Document.Folded describes it; on a folded view it is the view itself.
func (v *View) Folded() *View {
	if v.Kind == Folded || v.Kind == Joined {
		return v
	}
	return v.folded.get(func() *View { return fold(v) })
}

// Joined gives the view's text as Document.Joined describes it; on a joined view it is the view itself.
func (v *View) Joined() *View {
	switch v.Kind {
	case Joined:
		return v
	case Folded:
		return v.joined.get(func() *View { return join(v) })
	default:
		return v.Folded().Joined()
	}
}
