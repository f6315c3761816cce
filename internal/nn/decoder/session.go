package decoder

import (
	"context"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/nn"
)

// Session is sequences with their keys and values, and the scratch memory of one pass at a time. It serves one goroutine.
type Session struct {
	arena nn.Arena
	cache cache
	pass  pass
}

// NewSession makes a session whose sequences hold at most tokens in all, counted in whole pages of each. Memory is taken as it is needed.
func (d *Decoder) NewSession(tokens int) *Session {
	return &Session{cache: cache{d: d, total: Pages(tokens)}, pass: pass{d: d}}
}

// Pages is how many pages a sequence of n tokens takes.
func Pages(n int) int { return (n + pageTokens - 1) / pageTokens }

// Pages is how many pages the session has, in use or not.
func (s *Session) Pages() int { return s.cache.total }

// Open begins an empty sequence. Drop gives back what it takes.
func (s *Session) Open() *Sequence { return &Sequence{} }

// Drop forgets the tokens of a sequence and gives its memory back at once. The sequence is empty and may be used again.
func (s *Session) Drop(q *Sequence) { q.drop(&s.cache) }

// Part is tokens that a pass adds to one sequence.
type Part struct {
	Sequence *Sequence
	IDs      []int32
	Logits   int // for how many of the last of IDs logits are wanted
}

// Errors about the parts of a pass. Nothing was changed when they come.
var (
	ErrInput = errors.New("not a valid pass")       // a part is empty, too long, or holds an id that is none
	ErrFull  = errors.New("no memory for the pass") // the session's pages do not suffice
)

// Forward runs the parts, each of another sequence, on as many workers of the pool as are free. It gives a row of logits for each token for which
// they are wanted, in order of the parts; they lie in the session and are good until its next call. The error is that of ctx before the work
// starts, or wraps ErrInput or ErrFull.
func (s *Session) Forward(ctx context.Context, pool *nn.Pool, parts []Part) (nn.Matrix, error) {
	if err := s.check(parts); err != nil {
		return nn.Matrix{}, err
	}
	crew, err := pool.Enter(ctx)
	if err != nil {
		return nn.Matrix{}, err
	}
	defer crew.Leave()
	for _, p := range parts {
		p.Sequence.grow(&s.cache, len(p.IDs))
	}
	s.arena.Reset()
	s.pass.open(&s.arena, parts, crew.Size())
	crew.Do(&s.pass)
	for _, p := range parts {
		p.Sequence.tokens += len(p.IDs)
		p.Sequence.forget(&s.cache, s.pass.d.config.Window)
	}
	return s.pass.logits, nil
}

func (s *Session) check(parts []Part) error {
	c := &s.pass.d.config
	pages := 0
	for i, p := range parts {
		if len(p.IDs) == 0 || p.Logits < 0 || p.Logits > len(p.IDs) {
			return fmt.Errorf("%w: part %d has %d tokens and wants logits of %d", ErrInput, i, len(p.IDs), p.Logits)
		}
		if n := p.Sequence.tokens + len(p.IDs); n > c.MaxTokens {
			return fmt.Errorf("%w: part %d makes a sequence of %d tokens, %d fit", ErrInput, i, n, c.MaxTokens)
		}
		for _, id := range p.IDs {
			if id < 0 || int(id) >= c.Vocabulary {
				return fmt.Errorf("%w: token id %d in a vocabulary of %d", ErrInput, id, c.Vocabulary)
			}
		}
		for _, other := range parts[:i] {
			if other.Sequence == p.Sequence {
				return fmt.Errorf("%w: part %d is of the sequence of another", ErrInput, i)
			}
		}
		pages += p.Sequence.wanted(len(p.IDs))
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w: no parts", ErrInput)
	}
	if pages > s.cache.left() {
		return fmt.Errorf("%w: %d pages wanted, %d left", ErrFull, pages, s.cache.left())
	}
	return nil
}
