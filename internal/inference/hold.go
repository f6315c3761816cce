package inference

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// hold keeps back the text of a stream until it was judged.
//
//	text   |--------------------|-----------------|----------------------|
//	       0                 released         to = end-reach            end
//	                 |---------------------- window ---------------------|
//	                 tail before what counted last
//
// A window is judged with every step of new text. Findings count that end between the last window's to and this one's; the text up to to is
// given out, unless a finding that ends later has begun before: then up to its start. So a violation of up to reach bytes is seen as a whole
// before its first byte leaves. What a window blocks is judged once more with all text before, whose verdict holds.
type hold struct {
	*call
	async bool
	yield func(model.Delta) error
	reach int

	step     int // bytes that come together before they are judged
	text     strings.Builder
	pieces   []piece // the text blocks of the answer
	seen     int     // text judged, if only to look ahead
	to       int     // text that counted
	released int
	masks    []evaluate.Mask
	block    int  // the answer's block that was given out last
	given    bool // something was given out
	tool     bool // the last delta was of a tool
	tools    []toolDelta
	message  string // of the guardrail that blocked
}

// piece is where a text block of the answer starts in the text.
type piece struct {
	block, start int
	follows      bool
}

// toolDelta is a delta of a tool use that waits for the text before it, which ends at after.
type toolDelta struct {
	model.Delta
	after int
}

// most bounds the text that a finding without an end in sight keeps back.
const most = 16 << 10

// What takes longer than slow is done in larger steps, up to longest.
const (
	slow    = 5 * time.Millisecond
	longest = 1024
)

// take judges and gives out what a delta makes ready.
func (h *hold) take(ctx context.Context, d model.Delta) error {
	if d.Tool != nil {
		// The order of the blocks stands: all text before the tool use leaves first.
		if !h.tool {
			if err := h.advance(ctx, h.text.Len()); err != nil {
				return err
			}
		}
		h.tool = true
		if h.released < h.text.Len() {
			h.tools = append(h.tools, toolDelta{d, h.text.Len()})
			return nil
		}
		return h.give(d)
	}
	if n := len(h.pieces); n == 0 || h.pieces[n-1].block != d.Block {
		h.pieces = append(h.pieces, piece{d.Block, h.text.Len(), n > 0 && !h.tool})
	}
	h.tool = false
	h.text.WriteString(d.Text)
	if h.async {
		if err := h.give(d); err != nil {
			return err
		}
		h.released = h.text.Len()
	}
	end := h.text.Len()
	switch {
	case end-h.released > most+h.reach && !h.async && !h.grounds():
		return h.advance(ctx, end)
	case end-h.seen >= h.step && end > h.reach:
		return h.advance(ctx, end-h.reach)
	default:
		return nil
	}
}

// advance judges the text as far as it came; findings count up to to.
func (h *hold) advance(ctx context.Context, to int) error {
	text := h.text.String()
	h.seen, to = len(text), whole(text, to)
	if to <= h.to {
		return nil
	}
	start := min(border(text, h.to-h.service.Tail), h.to)
	began := h.service.Now()
	window := evaluate.Window{From: h.to - start, To: to - start}
	v, err := h.judge(ctx, h.blocks(start), &window)
	if err == nil && v.decision == evaluate.DecisionBlocked {
		// Cut off on the left a text may look like something that it is not. And the report is about all of it.
		start = 0
		v, err = h.judge(ctx, h.blocks(0), &evaluate.Window{To: to})
	}
	if err != nil {
		return err
	}
	if v.decision == evaluate.DecisionBlocked {
		return h.withhold(v)
	}
	if h.service.Now().Sub(began) > slow {
		h.step = min(2*h.step, longest)
	}
	for _, m := range v.masks {
		m.Span.Start, m.Span.End = m.Span.Start+start, m.Span.End+start
		h.masks = append(h.masks, m)
	}
	h.masks = evaluate.MergeMasks(h.masks)
	h.to = to
	ready := to
	if v.open >= 0 {
		ready = min(ready, v.open+start)
	}
	if h.async || h.grounds() {
		return nil
	}
	return h.release(ready)
}

// withhold ends the answer with a verdict.
func (h *hold) withhold(v verdict) error {
	h.conclude(v)
	h.message = v.message
	return errBlocked
}

// grounds reports whether the answer is held against sources: that can be judged at its end alone.
func (h *hold) grounds() bool {
	if len(h.sources) == 0 {
		return false
	}
	for _, g := range h.guards {
		if len(g.Guardrail().Grounding.Filters) > 0 {
			return true
		}
	}
	return false
}

// blocks gives the text from start on, as the blocks that it came in.
func (h *hold) blocks(start int) []evaluate.Block {
	text := h.text.String()
	var out []evaluate.Block
	for i, p := range h.pieces {
		end := len(text)
		if i+1 < len(h.pieces) {
			end = h.pieces[i+1].start
		}
		if end > start || end == len(text) {
			out = append(out, evaluate.Block{Text: text[max(p.start, start):end], Follows: p.follows && len(out) > 0})
		}
	}
	return out
}

// release gives out the text up to at, masked.
func (h *hold) release(at int) error {
	text := h.text.String()
	for i, p := range h.pieces {
		end := len(text)
		if i+1 < len(h.pieces) {
			end = h.pieces[i+1].start
		}
		from, until := max(p.start, h.released), min(end, at)
		if from >= until {
			continue
		}
		if out := evaluate.MaskText(text[from:until], from, h.masks); out != "" {
			if err := h.give(model.Delta{Block: p.block, Text: out}); err != nil {
				return err
			}
		}
	}
	h.released = max(h.released, at)
	return nil
}

func (h *hold) give(d model.Delta) error {
	h.block, h.given = d.Block, true
	return h.yield(d)
}

// finish judges the whole answer and gives out the rest of it.
func (h *hold) finish(ctx context.Context) error {
	v, err := h.judge(ctx, h.blocks(0), nil)
	if err != nil {
		return err
	}
	if v.decision == evaluate.DecisionBlocked {
		return h.withhold(v)
	}
	if h.async && v.decision == evaluate.DecisionMasked {
		v.decision = evaluate.DecisionPassed // what is out is out
	}
	h.conclude(v)
	if h.async {
		return nil
	}
	h.masks = v.masks
	h.intervened = len(v.masks) > 0
	for _, t := range h.tools {
		if err := h.release(t.after); err != nil {
			return err
		}
		if err := h.give(t.Delta); err != nil {
			return err
		}
	}
	return h.release(h.text.Len())
}

// replace gives out the message of the guardrail that blocked, in place of what was not given out.
func (h *hold) replace() error {
	for _, b := range h.blocks(0) {
		h.report.ModelOutput = append(h.report.ModelOutput, b.Text)
	}
	h.intervened, h.blocked = true, true
	block := h.block
	if h.given && h.tool {
		block++ // a text goes into a block of its own
	}
	return h.give(model.Delta{Block: block, Text: h.message})
}

// border gives the first place from at on where a word begins, so that a window does not begin inside one; 0 for a negative at.
func border(text string, at int) int {
	if at <= 0 {
		return 0
	}
	if i := strings.IndexAny(text[at:min(len(text), at+64)], " \n\t"); i >= 0 {
		return at + i
	}
	return whole(text, at)
}

// whole gives the border of a character at or before at.
func whole(text string, at int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}
