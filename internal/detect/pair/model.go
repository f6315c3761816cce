package pair

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is a tower that was trained on pairs of texts. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk *trunk.Trunk
	tower *trunk.Tower
}

// Load reads a folder as trunk.Trunk.Tower does.
func Load(t *trunk.Trunk, folder fs.FS, files []string, heads func(*safetensors.File) error) (*Model, error) {
	tower, err := t.Tower(folder, files, heads)
	if err != nil {
		return nil, err
	}
	return &Model{t, tower}, nil
}

// Documents makes one passage of documents, each in the view that the trunk reads first, a line for each. It fails for a text
// longer than token.MaxText.
func (m *Model) Documents(ctx context.Context, docs ...*text.Document) (*Passage, error) {
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
	p := &Passage{text: strings.Join(views, "\n")}
	p.words = Words(p.text)
	if err := m.trunk.Tokens().Append(&p.tokens, p.text); err != nil {
		return nil, fmt.Errorf("read text: %w", err)
	}
	return p, nil
}
