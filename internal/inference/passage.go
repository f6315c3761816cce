package inference

import (
	"slices"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// passage is one text or image of a conversation, with what is needed to judge it.
type passage struct {
	text   *string // of the request's own copy; nil for an image
	image  *model.Image
	mark   *model.Guard
	system bool
	user   bool // it came in with a user's turn
	start  int  // of the text, in bytes of all texts one behind the other
}

// passages lists the texts and images of a request in order, those of tool results included. What a tool is called with, reasoning and
// documents are not judged.
func passages(r *model.Request) []passage {
	var all []passage
	at := 0
	var add func(blocks []model.Block, p passage)
	add = func(blocks []model.Block, p passage) {
		for i := range blocks {
			b, next := &blocks[i], p
			next.mark, next.start = b.Guard, at
			switch {
			case b.ToolResult != nil:
				add(b.ToolResult.Content, p)
			case b.Image != nil:
				next.image = b.Image
				all = append(all, next)
			case b.IsText():
				next.text = &b.Text
				at += len(b.Text)
				all = append(all, next)
			}
		}
	}
	add(r.System, passage{system: true})
	for i := range r.Messages {
		add(r.Messages[i].Content, passage{user: r.Messages[i].Role == model.User})
	}
	return all
}

// own copies everything of a request that masking changes.
func own(r model.Request) model.Request {
	r.System = ownBlocks(r.System)
	r.Messages = slices.Clone(r.Messages)
	for i := range r.Messages {
		r.Messages[i].Content = ownBlocks(r.Messages[i].Content)
	}
	return r
}

func ownBlocks(blocks []model.Block) []model.Block {
	blocks = slices.Clone(blocks)
	for i, b := range blocks {
		if b.ToolResult != nil {
			result := *b.ToolResult
			result.Content = ownBlocks(result.Content)
			blocks[i].ToolResult = &result
		}
	}
	return blocks
}

// chosen says which passages a guardrail judges, by the tables of spec/guardrails.md 6.3 and 7.2.
func (g guard) chosen(all []passage, native bool) []bool {
	marked := func(p passage) bool { return p.mark != nil && p.mark.Guards() }
	anywhere := slices.ContainsFunc(all, marked)
	selective := slices.ContainsFunc(all, func(p passage) bool { return !p.system && marked(p) })
	if native {
		selective = anywhere
	}
	out := make([]bool, len(all))
	for i, p := range all {
		switch {
		case p.system && g.system != guardrail.Selective, !p.system && g.messages != guardrail.Selective:
			out[i] = true // the caller's marks count for nothing
		case p.system && !native:
			out[i] = marked(p)
		case selective:
			out[i] = marked(p)
		default:
			out[i] = native || p.mark == nil || marked(p)
		}
	}
	return out
}

// input gives the blocks to evaluate and, for each guarded text, its passage.
func (g guard) input(all []passage, native bool) (blocks []evaluate.Block, guarded []int) {
	chosen := g.chosen(all, native)
	if !slices.Contains(chosen, true) {
		return nil, nil
	}
	for i, p := range all {
		if p.image != nil {
			readable := p.image.Format == "png" || p.image.Format == "jpeg"
			if chosen[i] && (readable || g.ReadsImages(guardrail.Input)) {
				blocks = append(blocks, evaluate.Block{Image: &evaluate.ImageBlock{Format: p.image.Format, Bytes: p.image.Bytes}})
			}
			continue
		}
		b := evaluate.Block{Text: *p.text}
		if chosen[i] {
			// What no mark or turn lies between belongs together, over the border of messages as well.
			n := len(guarded)
			b.Follows = n > 0 && guarded[n-1] == i-1 && all[i-1].system == p.system
			// In a native prompt nobody can tell what the user said, so that attacks are looked for where the caller's tags say so. Where
			// tags count for nothing they are looked for in users' turns, as in a conversation.
			b.Trusted = !p.user
			if native && g.messages == guardrail.Selective {
				b.Trusted = p.mark == nil || !p.mark.Guards()
			}
			b.Qualifiers.GuardContent = true
			guarded = append(guarded, i)
		}
		blocks = append(blocks, b)
	}
	return blocks, guarded
}

// grounding gives the sources and queries that an answer is held against.
func grounding(all []passage) []evaluate.Block {
	var blocks []evaluate.Block
	for _, p := range all {
		if p.text != nil && p.mark != nil && (p.mark.GroundingSource || p.mark.Query) {
			blocks = append(blocks, evaluate.Block{Text: *p.text, Qualifiers: evaluate.Qualifiers{GroundingSource: p.mark.GroundingSource, Query: p.mark.Query}})
		}
	}
	return blocks
}
