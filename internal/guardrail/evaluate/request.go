package evaluate

import (
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// Qualifiers say what a content block is for. None means ordinary content.
type Qualifiers struct {
	GroundingSource bool
	Query           bool
	GuardContent    bool
}

// Block is one piece of a call's content: a text or an image.
type Block struct {
	Text       string
	Qualifiers Qualifiers
	Image      *ImageBlock // nil for text
	// Follows says that the text goes on where the guarded block before it ended: what is split between the two is found as well.
	Follows bool
	// Trusted leaves the block out of the search for prompt attacks, and of that alone.
	Trusted bool
}

// ImageBlock is one image: its format and its bytes.
type ImageBlock struct {
	Format string // "png" or "jpeg"
	Bytes  []byte
}

// Request is one evaluation.
type Request struct {
	Source guardrail.Direction
	Blocks []Block
	// GroundingOptional leaves contextual grounding out where the call lacks a source, a query or content, as Converse does;
	// ApplyGuardrail refuses such a call.
	GroundingOptional bool
	// Window limits which findings count; nil counts all.
	Window *Window
	// Admit is asked before anything is evaluated, with what the evaluation will cost; its error ends the call. Nil admits all.
	Admit func(Usage) error
}

// Limits of the contextual-grounding parts, in characters.
const (
	MaxGroundingSource   = 100_000
	MaxGroundingQuery    = 1_000
	MaxGroundingResponse = 5_000
)

// parts is a request sorted by what the policies read.
type parts struct {
	input   detect.Input // the guarded texts and the grounding parts
	guarded []int        // the request's block behind each guarded text
	starts  []int        // where each guarded text starts, all one behind the other; the end comes last
	joins   []join       // the runs behind the guarded texts in input.Blocks
	suspect bool         // some guarded text is looked at for attacks
	images  []*ImageBlock
	chars   struct{ total, guarded, sources, queries int }
}

// split sorts blocks by their qualifiers. If any block says guard_content only those are guarded; otherwise every block that is not
// just a source or a query.
func split(blocks []Block) parts {
	var p parts
	selective := false
	for _, b := range blocks {
		selective = selective || b.Qualifiers.GuardContent
	}
	for i, b := range blocks {
		if b.Image != nil {
			p.images = append(p.images, b.Image)
			continue
		}
		n := utf8.RuneCountInString(b.Text)
		p.chars.total += n
		q, doc := b.Qualifiers, text.New(b.Text)
		if q.GroundingSource {
			p.input.Sources = append(p.input.Sources, doc)
			p.chars.sources += n
		}
		if q.Query {
			p.input.Queries = append(p.input.Queries, doc)
			p.chars.queries += n
		}
		if q.GuardContent || !selective && !q.GroundingSource && !q.Query {
			p.input.Blocks = append(p.input.Blocks, doc)
			p.guarded = append(p.guarded, i)
			p.chars.guarded += n
			p.suspect = p.suspect || !b.Trusted
		}
	}
	p.addJoins(blocks)
	return p
}

// checkGrounding says whether contextual grounding can run on the parts.
func (p parts) checkGrounding() error {
	missing := ""
	switch {
	case len(p.input.Sources) == 0:
		missing = "grounding source"
	case len(p.input.Queries) == 0:
		missing = "query"
	case len(p.input.Blocks) == 0:
		missing = "content to guard"
	}
	if missing != "" {
		return fault.New(fault.Invalid, "The provided request does not contain the %s. Grounding source, query and content to guard are required for Guardrails contextual grounding policy evaluation.", missing)
	}
	for _, l := range []struct {
		name     string
		n, limit int
	}{
		{"grounding source", p.chars.sources, MaxGroundingSource},
		{"query", p.chars.queries, MaxGroundingQuery},
		{"content to guard", p.chars.guarded, MaxGroundingResponse},
	} {
		if l.n > l.limit {
			return fault.New(fault.Invalid, "The %s has %d characters; contextual grounding takes at most %d.", l.name, l.n, l.limit)
		}
	}
	return nil
}
