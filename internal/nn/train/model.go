package train

import (
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Model is an encoder that can be trained: f32 weights with gradients, and the memory of one batch at a time.
type Model struct {
	Params []*Param

	config                  encoder.Config
	set                     kernel.Set
	hidden                  int
	words, positions, types *Param
	embedded                norm
	blocks                  []*block

	arena   nn.Arena // what a step keeps
	scratch nn.Arena // what one linear layer needs while it runs
	batch   *encoder.Batch
	kept    normed // of the embeddings
}

// block is one transformer block with what its forward pass keeps.
type block struct {
	query, key, value, attended, widen, narrow *Linear
	attendedNorm, feedForwardNorm              norm

	x, projected, context, middle, wide, active nn.Matrix
	scores                                      []nn.Matrix // a sequence and head each: what softmax gave
	keptAttended, keptFeedForward               normed
}

// New loads a model for training, with the names that encoder.Load takes and exact GELU; the zero Set stands for
// kernel.Best. Freeze parameters by their Frozen field before the first step.
func New(set kernel.Set, f *safetensors.File, c encoder.Config) (*Model, error) {
	if c.Activation != encoder.GELU {
		return nil, fmt.Errorf("load model to train: activation %s", c.Activation)
	}
	if set == (kernel.Set{}) {
		set = kernel.Best()
	}
	if _, err := encoder.Load(f, c, encoder.Options{Set: set}); err != nil { // checks every shape
		return nil, err
	}
	m := &Model{config: c, set: set}
	byName := map[string]*Param{}
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		short := strings.TrimPrefix(strings.TrimPrefix(name, "bert."), "roberta.")
		if t.DType == "I64" || strings.HasPrefix(short, "pooler.") {
			continue
		}
		w, err := f.Float32s(name)
		if err != nil {
			return nil, fmt.Errorf("load model to train: %w", err)
		}
		p := NewParam(name, t.Shape, w)
		m.Params, byName[short] = append(m.Params, p), p
	}
	linear := func(name string) *Linear { return NewLinear(set, byName[name+".weight"], byName[name+".bias"]) }
	layerNorm := func(name string) norm { return norm{byName[name+".weight"], byName[name+".bias"], c.Eps} }
	m.words, m.positions = byName["embeddings.word_embeddings.weight"], byName["embeddings.position_embeddings.weight"]
	m.types, m.embedded = byName["embeddings.token_type_embeddings.weight"], layerNorm("embeddings.LayerNorm")
	m.hidden = m.words.Shape[1]
	for i := 0; byName[fmt.Sprintf("encoder.layer.%d.attention.self.query.weight", i)] != nil; i++ {
		at := fmt.Sprintf("encoder.layer.%d.", i)
		m.blocks = append(m.blocks, &block{
			query: linear(at + "attention.self.query"), key: linear(at + "attention.self.key"), value: linear(at + "attention.self.value"),
			attended: linear(at + "attention.output.dense"), attendedNorm: layerNorm(at + "attention.output.LayerNorm"),
			widen: linear(at + "intermediate.dense"), narrow: linear(at + "output.dense"), feedForwardNorm: layerNorm(at + "output.LayerNorm"),
		})
	}
	return m, nil
}

// Linears is the linear layers of all blocks in order: query, key, value, output of attention and the two feed-forward
// layers of each. Adapt those that shall learn, after freezing Params.
func (m *Model) Linears() []*Linear {
	var out []*Linear
	for _, l := range m.blocks {
		out = append(out, l.query, l.key, l.value, l.attended, l.widen, l.narrow)
	}
	return out
}

// Entries is the weights, for safetensors.Write.
func (m *Model) Entries() []safetensors.Entry {
	var out []safetensors.Entry
	for _, p := range m.Params {
		out = append(out, safetensors.Entry{Name: p.Name, Shape: p.Shape, Float32: p.W})
	}
	return out
}

// Forward runs a valid batch and returns the last block's rows, which are good until the next Forward. The batch is kept
// for Backward.
func (m *Model) Forward(crew *nn.Crew, b *encoder.Batch) nn.Matrix {
	m.arena.Reset()
	m.batch = b
	rows := len(b.IDs)
	x := m.arena.Matrix(rows, m.hidden)
	m.kept = m.keep(rows)
	m.embed(crew, x)
	for _, l := range m.blocks {
		x = m.forward(crew, l, x)
	}
	return x
}

// Backward adds to the gradients of all parameters, given that of Forward's rows, which it overwrites.
func (m *Model) Backward(crew *nn.Crew, dy nn.Matrix) {
	for i := len(m.blocks) - 1; i >= 0; i-- {
		dy = m.backward(crew, m.blocks[i], dy)
	}
	m.embedded.backward(crew, dy, m.kept)
	m.scatter(dy)
}

func (m *Model) keep(rows int) normed {
	return normed{m.arena.Matrix(rows, m.hidden), m.arena.Floats(rows)}
}

// rowsOf names the three embeddings of row i of sequence s that starts at row first.
func (m *Model) rowsOf(i, first int) (word, position, kind int) {
	if len(m.batch.Types) > 0 {
		kind = int(m.batch.Types[i])
	}
	return int(m.batch.IDs[i]), m.config.FirstPosition + i - first, kind
}

func (m *Model) embed(crew *nn.Crew, x nn.Matrix) {
	sum, rest := m.arena.Matrix(x.Rows, m.hidden), m.arena.Matrix(x.Rows, m.hidden)
	h := m.hidden
	for s := range m.batch.Len() {
		from, to := m.batch.Bounds(s)
		for i := from; i < to; i++ {
			w, p, k := m.rowsOf(i, from)
			copy(sum.Row(i), m.words.W[w*h:(w+1)*h])
			m.set.Add(rest.Row(i), m.positions.W[p*h:(p+1)*h], m.types.W[k*h:(k+1)*h])
		}
	}
	m.embedded.forward(crew, x, sum, rest, m.kept)
}

// scatter adds the gradients of the rows to those of the tables.
func (m *Model) scatter(d nn.Matrix) {
	h := m.hidden
	for s := range m.batch.Len() {
		from, to := m.batch.Bounds(s)
		for i := from; i < to; i++ {
			w, p, k := m.rowsOf(i, from)
			for _, t := range [3]struct {
				p   *Param
				row int
			}{{m.words, w}, {m.positions, p}, {m.types, k}} {
				if !t.p.Frozen {
					m.set.ScaleAdd(t.p.G[t.row*h:(t.row+1)*h], d.Row(i), 1)
				}
			}
		}
	}
}
