package train

import (
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Decoder is a causal model of the Llama family that can be trained: linear layers without biases, and a head that is the
// embedding table. It holds f32 weights with gradients and the memory of one batch at a time.
type Decoder struct {
	Params []*Param

	config decoder.Config
	set    kernel.Set
	words  *Param
	final  rms
	turns  nn.Matrix
	blocks []*causal

	arena   nn.Arena // what a step keeps
	scratch nn.Arena // what one linear layer needs while it runs
	batch   *encoder.Batch
	rows    nn.Matrix // after the final norm
	kept    normed    // of the final norm
}

// causal is one block with what its forward pass keeps.
type causal struct {
	before, between           rms
	query, key, value, gather *Linear
	gate, up, down            *Linear

	keptBefore, keptBetween    normed
	first, second              nn.Matrix // normed rows
	queries, keys, values      nn.Matrix
	context                    nn.Matrix
	gated, sigmoid, let, input nn.Matrix // of the feed-forward layer: gate, its sigmoid, what it lets pass, what goes down
	heads                      []keyHead
}

// NewDecoder makes a model for training with the weights that read gives for each name and shape, names as in Hugging
// Face's layout; the zero Set stands for kernel.Best. Freeze parameters by their Frozen field before the first step.
func NewDecoder(set kernel.Set, c decoder.Config, read func(name string, shape ...int) ([]float32, error)) (*Decoder, error) {
	if c.Family != "llama" || c.Tied == nil || !*c.Tied || c.Vocabulary%kernel.Lanes != 0 {
		return nil, fmt.Errorf("load decoder to train: a %.20q, head tied %t, %d tokens: it has to be a llama with a tied head and a multiple of %d tokens",
			c.Family, c.Tied != nil && *c.Tied, c.Vocabulary, kernel.Lanes)
	}
	if set == (kernel.Set{}) {
		set = kernel.Best()
	}
	m := &Decoder{config: c, set: set, turns: c.Rope.Turns(c.HeadWidth, c.MaxTokens)}
	var failed error
	param := func(name string, shape ...int) *Param {
		w, err := read(name, shape...)
		if n := (safetensors.Tensor{Shape: shape}).Len(); err == nil && len(w) != n {
			err = fmt.Errorf("tensor %s has %d values, not %d", name, len(w), n)
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("load decoder to train: %w", err)
		}
		p := NewParam(name, shape, w)
		m.Params = append(m.Params, p)
		return p
	}
	m.words = param("model.embed_tokens.weight", c.Vocabulary, c.Hidden)
	m.final = rms{param("model.norm.weight", c.Hidden), c.Eps}
	queries, keys := c.Heads*c.HeadWidth, c.KeyHeads*c.HeadWidth
	for i := range c.Layers {
		linear := func(name string, out, in int) *Linear {
			return NewLinear(set, param(fmt.Sprintf("model.layers.%d.%s.weight", i, name), out, in), nil)
		}
		scale := func(name string) rms {
			return rms{param(fmt.Sprintf("model.layers.%d.%s.weight", i, name), c.Hidden), c.Eps}
		}
		m.blocks = append(m.blocks, &causal{
			before: scale("input_layernorm"), between: scale("post_attention_layernorm"),
			query: linear("self_attn.q_proj", queries, c.Hidden), key: linear("self_attn.k_proj", keys, c.Hidden),
			value: linear("self_attn.v_proj", keys, c.Hidden), gather: linear("self_attn.o_proj", c.Hidden, queries),
			gate: linear("mlp.gate_proj", c.Inner, c.Hidden), up: linear("mlp.up_proj", c.Inner, c.Hidden), down: linear("mlp.down_proj", c.Hidden, c.Inner),
		})
	}
	return m, failed
}

// Linears is the linear layers of all blocks in order: query, key, value, output of attention, gate, up and down of each.
// Adapt those that shall learn, after freezing Params.
func (m *Decoder) Linears() []*Linear {
	var out []*Linear
	for _, l := range m.blocks {
		out = append(out, l.query, l.key, l.value, l.gather, l.gate, l.up, l.down)
	}
	return out
}

// Entries is the weights, for safetensors.Write.
func (m *Decoder) Entries() []safetensors.Entry {
	var out []safetensors.Entry
	for _, p := range m.Params {
		out = append(out, safetensors.Entry{Name: p.Name, Shape: p.Shape, Float32: p.W})
	}
	return out
}

// Loss is the sum of the cross entropies, in nats, of the token that should follow each of the batch's; follows holds them, -1
// where none is judged.
func (m *Decoder) Loss(crew *nn.Crew, b *encoder.Batch, follows []int32) float64 {
	m.forward(crew, b)
	loss, _ := m.predict(crew, follows, 0)
	return loss
}

// Learn is Loss, and adds weight times the loss's gradients to those of all parameters.
func (m *Decoder) Learn(crew *nn.Crew, b *encoder.Batch, follows []int32, weight float32) float64 {
	m.forward(crew, b)
	loss, dy := m.predict(crew, follows, weight)
	m.final.backward(crew, dy, m.kept)
	for i := len(m.blocks) - 1; i >= 0; i-- {
		dy = m.unwindBlock(crew, m.blocks[i], dy)
	}
	m.scatter(dy)
	return loss
}

// forward runs a valid batch whose sequences fit the model up to the final norm.
func (m *Decoder) forward(crew *nn.Crew, b *encoder.Batch) {
	m.arena.Reset()
	m.batch = b
	h := m.config.Hidden
	x := m.arena.Matrix(len(b.IDs), h)
	for i, id := range b.IDs {
		copy(x.Row(i), m.words.W[int(id)*h:(int(id)+1)*h])
	}
	for _, l := range m.blocks {
		x = m.runBlock(crew, l, x)
	}
	m.rows, m.kept = m.arena.Matrix(x.Rows, h), m.keep(x.Rows)
	m.final.forward(crew, m.rows, x, m.kept)
}

func (m *Decoder) keep(rows int) normed {
	return normed{m.arena.Matrix(rows, m.config.Hidden), m.arena.Floats(rows)}
}

// scatter adds the gradients of the rows to those of their tokens.
func (m *Decoder) scatter(d nn.Matrix) {
	if m.words.Frozen {
		return
	}
	h := m.config.Hidden
	for i, id := range m.batch.IDs {
		m.set.ScaleAdd(m.words.G[int(id)*h:(int(id)+1)*h], d.Row(i), 1)
	}
}
