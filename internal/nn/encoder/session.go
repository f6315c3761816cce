package encoder

import (
	"context"
	"fmt"
	"math"
	"slices"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Session is the scratch memory of one call at a time; keep it and reuse it, so that calls allocate nothing.
type Session struct {
	arena nn.Arena
	pass  pass
}

// NewSession makes a session for calls of e.
func (e *Encoder) NewSession() *Session { return &Session{pass: pass{e: e}} }

// Forward runs a batch on as many workers of the pool as are free. The output lies in the session and is good until its
// next call. The error is that of ctx before the work starts, or wraps ErrInput.
func (s *Session) Forward(ctx context.Context, pool *nn.Pool, b *Batch) (Output, error) {
	if err := s.pass.e.check(b); err != nil {
		return Output{}, err
	}
	crew, err := pool.Enter(ctx)
	if err != nil {
		return Output{}, err
	}
	defer crew.Leave()
	s.arena.Reset()
	s.pass.batch = b
	s.pass.open(&s.arena, b.ends, crew.Size())
	return s.pass.run(crew), nil
}

// Continue runs a tower on the rows of a trunk, which stay as they are. The output lies in the session and is good until its
// next call. The error is that of ctx before the work starts, or wraps ErrInput.
func (s *Session) Continue(ctx context.Context, pool *nn.Pool, trunk Output) (Output, error) {
	return s.ContinueRows(ctx, pool, trunk.Tokens, trunk.ends)
}

// ContinueRows is Continue for rows that were kept elsewhere: sequence i ends before row ends[i].
func (s *Session) ContinueRows(ctx context.Context, pool *nn.Pool, rows nn.Matrix, ends []int) (Output, error) {
	last := 0
	for i, end := range ends {
		if end <= last {
			return Output{}, fmt.Errorf("%w: sequence %d ends at row %d after %d", ErrInput, i, end, last)
		}
		last = end
	}
	if len(ends) == 0 || last != rows.Rows || rows.Cols != s.pass.e.hidden {
		return Output{}, fmt.Errorf("%w: %d sequences of %d rows of %d values, for a tower of %d", ErrInput, len(ends), rows.Rows, rows.Cols, s.pass.e.hidden)
	}
	crew, err := pool.Enter(ctx)
	if err != nil {
		return Output{}, err
	}
	defer crew.Leave()
	s.arena.Reset()
	s.pass.batch, s.pass.given = nil, rows
	s.pass.open(&s.arena, ends, crew.Size())
	return s.pass.run(crew), nil
}

// Calibrate runs a batch like Forward and adds what the linear layers are given to c. It needs a pool of one worker, so
// that sums are taken in one order.
func (s *Session) Calibrate(ctx context.Context, pool *nn.Pool, b *Batch, c *nn.Calibration) error {
	s.pass.calibration = c
	defer func() { s.pass.calibration = nil }()
	_, err := s.Forward(ctx, pool, b)
	return err
}

// Output is the last layer's rows of a batch.
type Output struct {
	Tokens nn.Matrix // tokens x hidden, sequence after sequence
	ends   []int
	set    kernel.Set
}

// Clone copies the rows out of the session that made them.
func (o Output) Clone() Output {
	o.Tokens = kernel.Of(slices.Clone(o.Tokens.Data), o.Tokens.Rows, o.Tokens.Cols)
	o.ends = slices.Clone(o.ends)
	return o
}

// Len is the number of sequences.
func (o Output) Len() int { return len(o.ends) }

// Sequence is the rows of sequence i, one for each of its tokens.
func (o Output) Sequence(i int) nn.Matrix { return o.Tokens.Slice(bounds(o.ends, i)) }

// First is the row of the first token of sequence i, which BERT calls CLS.
func (o Output) First(i int) []float32 {
	from, _ := bounds(o.ends, i)
	return o.Tokens.Row(from)
}

// Mean writes the mean of sequence i's rows to dst, which is as long as a row.
func (o Output) Mean(dst []float32, i int) {
	rows := o.Sequence(i)
	clear(dst)
	for r := range rows.Rows {
		o.set.ScaleAdd(dst, rows.Row(r), 1/float32(rows.Rows))
	}
}

// Normalise scales v to length 1, so that a dot product is a cosine. A zero vector stays.
func Normalise(v []float32) {
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	if square == 0 {
		return
	}
	r := float32(1 / math.Sqrt(square))
	for i := range v {
		v[i] *= r
	}
}
