package text

import (
	"unicode/utf8"
	"unsafe"
)

// builder writes a view: its text, and the runs that lead back to the parent.
type builder struct {
	out  []byte
	runs []run
}

// copy appends bytes that stand for as many bytes of the parent, one by one, from start on.
func (b *builder) copy(s string, start int) {
	if len(s) == 0 {
		return
	}
	b.identity(start)
	b.out = append(b.out, s...)
}

// identity makes sure that what is appended next maps byte by byte from start on.
func (b *builder) identity(start int) {
	if n := len(b.runs); n > 0 {
		last := b.runs[n-1]
		if last.end == 0 && int(last.start)+len(b.out)-int(last.view) == start {
			return
		}
	}
	b.runs = append(b.runs, run{view: uint32(len(b.out)), start: uint32(start)})
}

// put appends a rune that stands as a whole for the parent's bytes [start, end).
func (b *builder) put(r rune, start, end int) {
	b.atomic(start, end)
	b.out = utf8.AppendRune(b.out, r)
}

// atomic makes sure that what is appended next stands for the parent's bytes [start, end) as a whole.
func (b *builder) atomic(start, end int) {
	if n := len(b.runs); n > 0 {
		last := b.runs[n-1]
		if last.end == uint32(end) && last.start == uint32(start) && end != 0 {
			return
		}
	}
	b.runs = append(b.runs, run{view: uint32(len(b.out)), start: uint32(start), end: uint32(end)})
}

// stretch lets the last character also stand for the parent's bytes up to end, which follow it: marks that were taken off.
func (b *builder) stretch(end int) {
	n := len(b.runs)
	if n == 0 || len(b.out) == 0 {
		return
	}
	_, size := utf8.DecodeLastRune(b.out)
	at := len(b.out) - size
	last := &b.runs[n-1]
	switch {
	case last.end != 0:
		last.end = max(last.end, uint32(end))
	case int(last.view) == at:
		last.end = uint32(end)
	default:
		b.runs = append(b.runs, run{view: uint32(at), start: last.start + uint32(at) - last.view, end: uint32(end)})
	}
}

// truncate takes back everything from offset at on.
func (b *builder) truncate(at int) {
	b.out = b.out[:at]
	for n := len(b.runs); n > 0 && int(b.runs[n-1].view) >= at; n = len(b.runs) {
		b.runs = b.runs[:n-1]
	}
}

// sourceStart gives the parent's offset behind the byte at offset at, which is near the end of what is written.
func (b *builder) sourceStart(at int) int {
	for n := len(b.runs) - 1; n >= 0; n-- {
		if r := b.runs[n]; int(r.view) <= at {
			if r.end != 0 {
				return int(r.start)
			}
			return int(r.start) + at - int(r.view)
		}
	}
	return 0
}

// view closes the builder. What came out equal to the parent's text shares its bytes.
func (b *builder) view(kind Kind, source string, parent *View) *View {
	v := &View{Kind: kind, parent: parent, size: len(source), runs: b.runs}
	if len(b.runs) == 1 && b.runs[0] == (run{}) && len(b.out) == len(source) || len(source) == 0 {
		v.runs = nil
	} else if b.runs == nil {
		v.runs = []run{}
	}
	if text := unsafe.String(unsafe.SliceData(b.out), len(b.out)); text == source { //nolint:gosec // out is never written again
		v.Text = source
	} else {
		v.Text = text
	}
	return v
}
