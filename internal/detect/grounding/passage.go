package grounding

import (
	"context"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn/token"
)

// passage is a text with its words and its tokens, which have no frame.
type passage struct {
	text   string
	words  []word
	tokens token.Encoding
}

// read makes one passage of documents, each in the view that the trunk reads first, a line for each.
func (m *Model) read(ctx context.Context, docs ...*text.Document) (*passage, error) {
	views := make([]string, len(docs))
	for i, d := range docs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		view, err := m.trunk.View(d)
		if err != nil {
			return nil, err
		}
		views[i] = view.Text
	}
	p := &passage{text: strings.Join(views, "\n")}
	p.words = words(p.text)
	if err := m.trunk.Tokens().Append(&p.tokens, p.text); err != nil {
		return nil, fmt.Errorf("read text: %w", err)
	}
	return p, nil
}

// within is the words that stand, in part, in tokens [from, to).
func (p *passage) within(from, to int) []word {
	start, end := int(p.tokens.Start[from]), int(p.tokens.End[to-1])
	var out []word
	for _, w := range p.words {
		if w.start < end && w.end > start {
			out = append(out, w)
		}
	}
	return out
}
