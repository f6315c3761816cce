// Package decoder runs causal transformers of the Llama family and GPT-2 on batches of sequences that are at different places.
//
// A Session holds the keys and values of its sequences in pages and runs passes: each adds tokens to some sequences and gives the logits
// that are asked for. One pass may hold a part of a long prompt and the last token of many answers (continuous batching). What a sequence
// gives is the same bits for every batch around it, every cut of its tokens into passes and every number of workers: products are one
// chain in order of their inner dimension, and rows do not see one another but by attention.
//
// Numbers are those of transformers 4.51.3 within 1e-4 (testdata/golden.py); int8 is quantised from the same weights, a scale for each output
// and for each row of inputs.
package decoder

import (
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// granule is what hidden size, inner size and head width are multiples of.
const granule = kernel.Lanes

// Decoder is a loaded model: immutable, for concurrent use by sessions. Load makes one.
type Decoder struct {
	config    Config
	set       kernel.Set
	words     table
	positions nn.Matrix // of gpt2
	turns     nn.Matrix // of rotary positions
	layers    []layer
	final     norm
	head      *linear
	deepest   int // inputs of the layer that has the most
}

// layer is one transformer block, normalised before each half.
type layer struct {
	before, between norm
	query, key      norm    // of each head, where they have a gamma
	project         *linear // query, key and value side by side
	gather          *linear // output of attention
	widen, narrow   *linear // feed-forward; widen is gated in the Llama family
}

// Config is what the model was loaded with; MaxTokens is the length of the longest sequence.
func (d *Decoder) Config() Config { return d.config }

// measure notes what scratch memory has to hold.
func (d *Decoder) measure() {
	all := []*linear{d.head}
	for _, l := range d.layers {
		all = append(all, l.project, l.gather, l.widen, l.narrow)
	}
	for _, l := range all {
		d.deepest = max(d.deepest, l.in)
	}
}

// table is an embedding table in f32, or in int8 with one scale a row.
type table struct {
	rows, cols int
	floats     []float32
	bytes      []int8
	scale      []float32
}

func (p precision) table(m nn.Matrix) table {
	t := table{rows: m.Rows, cols: m.Cols, floats: m.Data}
	if p.int8 {
		q := nn.Quantise(m, nil)
		t.floats, t.bytes, t.scale = nil, q.Data, q.Scale
	}
	return t
}

func (t table) row(dst []float32, i int) {
	if t.bytes == nil {
		copy(dst, t.floats[i*t.cols:(i+1)*t.cols])
		return
	}
	scale := t.scale[i]
	for k, v := range t.bytes[i*t.cols : (i+1)*t.cols] {
		dst[k] = float32(v) * scale
	}
}
