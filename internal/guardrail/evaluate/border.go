package evaluate

import (
	"slices"
	"sort"
	"strings"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// Window is a stretch of the guarded text, in bytes of all guarded blocks one behind the other. Findings count where they end behind
// From and not behind To: what ends before was judged before, and what ends later may change with the text to come. A finding without
// a place always counts.
type Window struct{ From, To int }

// join is a run of guarded blocks that follow each other, looked at once more as one text.
type join struct{ first, last int } // guarded blocks, last included

// addJoins appends one document for each run of blocks that follow each other, so that nothing hides by being split between them.
func (p *parts) addJoins(blocks []Block) {
	at := 0
	for _, doc := range p.input.Blocks {
		p.starts = append(p.starts, at)
		at += len(doc.Original())
	}
	p.starts = append(p.starts, at)
	for first := 0; first < len(p.guarded); {
		last := first
		for last+1 < len(p.guarded) && blocks[p.guarded[last+1]].Follows {
			last++
		}
		if last > first {
			var whole strings.Builder
			for _, doc := range p.input.Blocks[first : last+1] {
				whole.WriteString(doc.Original())
			}
			p.joins = append(p.joins, join{first, last})
			p.input.Blocks = append(p.input.Blocks, text.New(whole.String()))
		}
		first = last + 1
	}
}

// place gives the span of a finding in the guarded text; block is that of the detectors' input.
func (p parts) place(block int, s text.Span) text.Span {
	if block >= len(p.guarded) {
		block = p.joins[block-len(p.guarded)].first
	}
	return text.Span{Start: p.starts[block] + s.Start, End: p.starts[block] + s.End}
}

// trusted reports whether the input's block is one that is not looked at for attacks.
func (p parts) trusted(block int, blocks []Block) bool {
	first, last := block, block
	if block >= len(p.guarded) {
		first, last = p.joins[block-len(p.guarded)].first, p.joins[block-len(p.guarded)].last
	}
	for _, at := range p.guarded[first : last+1] {
		if blocks[at].Trusted {
			return true
		}
	}
	return false
}

// seen is what a finding is known by when a run is looked at twice.
type seen struct {
	family     detect.Family
	kind, list string
}

// settle drops the findings that do not count: attacks in trusted blocks, what was found in a run and in one of its blocks alike, and what
// lies outside the window. open is where the first finding starts that ends behind the window, or -1.
func (p parts) settle(found []detect.Finding, blocks []Block, w *Window) (kept []detect.Finding, open int) {
	alone := map[seen][]text.Span{} // in text order, by guarded text
	if len(p.joins) > 0 {
		for _, f := range found {
			if f.Block >= 0 && f.Block < len(p.guarded) {
				key := seen{f.Family, f.Type, f.List}
				alone[key] = append(alone[key], p.place(f.Block, f.Span))
			}
		}
		for _, spans := range alone {
			sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
		}
	}
	open = -1
	kept = slices.DeleteFunc(found, func(f detect.Finding) bool {
		if f.Block < 0 {
			return false
		}
		if f.Family == detect.Attack && p.trusted(f.Block, blocks) {
			return true
		}
		at := p.place(f.Block, f.Span)
		if f.Block >= len(p.guarded) && f.Span.Len() > 0 && covered(alone[seen{f.Family, f.Type, f.List}], at) {
			return true
		}
		if w == nil || f.Span.Len() == 0 {
			return false
		}
		if at.End > w.To && (open < 0 || at.Start < open) {
			open = at.Start
		}
		return at.End <= w.From || at.End > w.To
	})
	return kept, open
}

// covered reports whether one of the spans holds all of s.
func covered(spans []text.Span, s text.Span) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].Start > s.Start })
	return i > 0 && spans[i-1].End >= s.End
}
