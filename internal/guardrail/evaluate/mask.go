package evaluate

import (
	"slices"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
)

// Mask is a stretch of the guarded text, in bytes of all guarded blocks one behind the other, that {Label} takes the place of.
type Mask struct {
	Span  text.Span
	Label string
}

// MergeMasks puts masks into text order and makes one of those that overlap; the label of the first, then longest one stays.
func MergeMasks(masks []Mask) []Mask {
	slices.SortStableFunc(masks, func(a, b Mask) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return b.Span.End - a.Span.End
	})
	var out []Mask
	for _, m := range masks {
		if n := len(out); n > 0 && m.Span.Start < out[n-1].Span.End {
			out[n-1].Span.End = max(out[n-1].Span.End, m.Span.End)
			continue
		}
		out = append(out, m)
	}
	return out
}

// maskBlocks gives every text block of the request in order, with {label} in place of each mask and all other bytes untouched. A mask
// over several blocks has its label in the first of them.
func maskBlocks(blocks []Block, parts parts, masks []Mask) []string {
	guarded := make(map[int]int, len(parts.guarded))
	for i, at := range parts.guarded {
		guarded[at] = i
	}
	var out []string
	for i, b := range blocks {
		if b.Image != nil {
			continue
		}
		at, ok := guarded[i]
		if !ok {
			out = append(out, b.Text)
			continue
		}
		out = append(out, MaskText(b.Text, parts.starts[at], masks))
	}
	return out
}

// MaskText masks a part of the guarded text that starts at byte start of it. A mask that began before start leaves no label.
func MaskText(s string, start int, masks []Mask) string {
	var masked strings.Builder
	at, end := start, start+len(s)
	for _, m := range masks {
		if m.Span.End <= at || m.Span.Start >= end {
			continue
		}
		if m.Span.Start >= start {
			masked.WriteString(s[at-start : m.Span.Start-start])
			masked.WriteString("{" + m.Label + "}")
		}
		at = min(m.Span.End, end)
	}
	masked.WriteString(s[at-start:])
	return masked.String()
}
