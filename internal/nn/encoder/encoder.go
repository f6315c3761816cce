// Package encoder runs transformer encoders of the BERT and XLM-R shapes on packed batches of any lengths, without padding.
//
// A batch is one matrix of tokens x hidden. Everything but attention works on rows, so rows are cut into blocks that
// workers take; attention works on (sequence, head) pairs. A row's result depends on its own sequence alone, and is the
// same bits for every batch around it and every number of workers.
package encoder

import (
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Encoder is a loaded model: immutable, for concurrent use by sessions. Load makes one.
type Encoder struct {
	config     Config
	set        kernel.Set
	hidden     int
	inner      int // width between the two feed-forward layers
	words      table
	positions  nn.Matrix
	types      nn.Matrix
	embedded   kernel.Norm
	layers     []layer
	activation func(s kernel.Set, dst, x []float32)
}

// layer is one transformer block, normalised after each half.
type layer struct {
	name            string
	project         *nn.Linear // query, key and value side by side
	attended        *nn.Linear
	attendedNorm    kernel.Norm
	widen, narrow   *nn.Linear
	feedForwardNorm kernel.Norm
}

// Hidden is the width of a token's row.
func (e *Encoder) Hidden() int { return e.hidden }

// Layers is the number of transformer blocks.
func (e *Encoder) Layers() int { return len(e.layers) }

// MaxTokens is the length of the longest sequence.
func (e *Encoder) MaxTokens() int { return e.positions.Rows - e.config.FirstPosition }

// Vocabulary is the number of token ids.
func (e *Encoder) Vocabulary() int { return e.words.rows }

// table is an embedding table in f32 or in int8 with one scale a row.
type table struct {
	rows, cols int
	floats     []float32
	bytes      []int8
	scale      []float32
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

// Batch is sequences of token ids, one after the other. The zero Batch is empty.
type Batch struct {
	IDs   []int32
	Types []int32 // token types, as long as IDs; nil means all 0
	ends  []int
}

// Add appends a sequence of token ids, special tokens included. Types is the token types, or nil for all 0; a batch has
// types for all of its sequences or for none.
func (b *Batch) Add(ids, types []int32) {
	b.IDs = append(b.IDs, ids...)
	b.Types = append(b.Types, types...)
	b.ends = append(b.ends, len(b.IDs))
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() { b.IDs, b.Types, b.ends = b.IDs[:0], b.Types[:0], b.ends[:0] }

// Len is the number of sequences.
func (b *Batch) Len() int { return len(b.ends) }

// Bounds is the rows of sequence i: from, up to but without to.
func (b *Batch) Bounds(i int) (from, to int) { return bounds(b.ends, i) }

func bounds(ends []int, i int) (from, to int) {
	if i > 0 {
		from = ends[i-1]
	}
	return from, ends[i]
}

// ErrInput is wrapped by every error about a batch.
var ErrInput = errors.New("not a valid batch")

// check holds a batch against the model.
func (e *Encoder) check(b *Batch) error {
	if b.Len() == 0 || (len(b.Types) != 0 && len(b.Types) != len(b.IDs)) {
		return fmt.Errorf("%w: %d sequences, %d ids, %d types", ErrInput, b.Len(), len(b.IDs), len(b.Types))
	}
	for i := range b.ends {
		if from, to := b.Bounds(i); to == from || to-from > e.MaxTokens() {
			return fmt.Errorf("%w: sequence %d has %d tokens, 1 to %d fit", ErrInput, i, to-from, e.MaxTokens())
		}
	}
	for _, id := range b.IDs {
		if id < 0 || int(id) >= e.words.rows {
			return fmt.Errorf("%w: token id %d in a vocabulary of %d", ErrInput, id, e.words.rows)
		}
	}
	for _, kind := range b.Types {
		if kind < 0 || int(kind) >= e.types.Rows {
			return fmt.Errorf("%w: token type %d of %d", ErrInput, kind, e.types.Rows)
		}
	}
	return nil
}
