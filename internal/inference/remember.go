package inference

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// memory remembers which inputs a guardrail has found nothing in, by digests of their content. It is bounded and in memory alone, so that
// it ends with the detectors that found nothing. It is safe for concurrent use.
//
// A conversation that grows sends all of its history with each turn. Where the history was clean, only what is new is judged, together with
// the last Tail bytes before it, so that a violation which begins there is seen. Whatever is found in that is judged once more with
// everything: what a guardrail says about an input with findings does not depend on the memory.
type memory struct {
	most int // digests in each of the two

	mu          sync.Mutex
	young, aged map[digest]struct{}
}

type digest = [sha256.Size]byte

func newMemory(entries int) *memory {
	return &memory{most: (entries + 1) / 2, young: map[digest]struct{}{}, aged: map[digest]struct{}{}}
}

// knows reports whether a digest is remembered, and keeps it in memory for longer if so.
func (m *memory) knows(d digest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.young[d]; ok {
		return true
	}
	_, ok := m.aged[d]
	if ok {
		m.keep(d)
	}
	return ok
}

func (m *memory) add(d digest) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(d)
}

// keep notes a digest; when there are many, what was not asked for since the last time is forgotten.
func (m *memory) keep(d digest) {
	if len(m.young) >= m.most {
		m.young, m.aged = make(map[digest]struct{}, m.most), m.young
	}
	m.young[d] = struct{}{}
}

// digests gives one for each beginning of blocks, none from the first image on. They differ by the caller's account and Region and by the
// revision of the guardrail, and so does what is remembered.
func digests(scope guardrail.Scope, g guardrail.Guardrail, blocks []evaluate.Block) []digest {
	last := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %d", scope.Account, scope.Region, g.ARN(), g.Version, g.Revision))
	var out []digest
	for _, b := range blocks {
		if b.Image != nil {
			break
		}
		h := sha256.New()
		h.Write(last[:])
		flags := fmt.Appendf(nil, "%t%t%t%t%t", b.Follows, b.Trusted, b.Qualifiers.GuardContent, b.Qualifiers.GroundingSource, b.Qualifiers.Query)
		h.Write(binary.AppendUvarint(flags, uint64(len(b.Text))))
		h.Write([]byte(b.Text))
		h.Sum(last[:0])
		out = append(out, last)
	}
	return out
}

// judgeBlocks lets a guardrail judge input, as far as it is not remembered to be clean.
func (c *call) judgeBlocks(ctx context.Context, g guard, blocks []evaluate.Block) (evaluate.Outcome, error) {
	s := c.service
	apply := func(blocks []evaluate.Block, w *evaluate.Window) (evaluate.Outcome, error) {
		return s.Evaluator.Apply(ctx, g.Compiled, evaluate.Request{
			Source: guardrail.Input, Blocks: blocks, Window: w,
			Admit: func(u evaluate.Usage) error { return s.Admit(c.scope, u) },
		})
	}
	if s.memory == nil || len(blocks) == 0 {
		return apply(blocks, nil)
	}
	all := digests(c.scope, g.Guardrail(), blocks)
	known := len(all)
	for known > 0 && !s.memory.knows(all[known-1]) {
		known--
	}
	bytes := 0
	for _, b := range blocks {
		bytes += len(b.Text)
	}
	guarded := func(b evaluate.Block) bool { return b.Qualifiers.GuardContent }
	tail := known // the first block that is judged again
	for again := 0; tail > 0 && again < s.Tail; tail-- {
		again += len(blocks[tail-1].Text)
	}
	// Without a guarded block among them those that are left would all count as guarded.
	if fresh := blocks[tail:]; tail > 0 && slices.ContainsFunc(fresh, guarded) {
		window := evaluate.Window{}
		for i, b := range fresh {
			if guarded(b) {
				if window.To += len(b.Text); tail+i < known {
					window.From += len(b.Text)
				}
			}
		}
		outcome, err := apply(fresh, &window)
		if err != nil {
			return outcome, err
		}
		if clean(outcome) {
			skipped := 0
			for _, b := range blocks[:tail] {
				skipped += len(b.Text)
				n := utf8.RuneCountInString(b.Text)
				outcome.Assessment.Coverage.TotalCharacters += n
				if guarded(b) {
					outcome.Assessment.Coverage.GuardedCharacters += n
				}
			}
			s.Remembered(skipped, bytes)
			s.remember(all, blocks)
			return outcome, nil
		}
	}
	outcome, err := apply(blocks, nil)
	if err == nil {
		s.Remembered(0, bytes)
		if clean(outcome) {
			s.remember(all, blocks)
		}
	}
	return outcome, err
}

// remember notes that all of an input is clean.
func (s *Service) remember(all []digest, blocks []evaluate.Block) {
	if len(all) == len(blocks) {
		s.memory.add(all[len(all)-1])
	}
}

// clean reports whether nothing at all was found, whatever would have been done about it.
func clean(o evaluate.Outcome) bool {
	a := o.Assessment.Detected()
	return o.Decision == evaluate.DecisionPassed && len(a.Topics)+len(a.Content)+len(a.Words)+len(a.Managed)+len(a.Entities)+len(a.Regexes)+len(a.Grounding) == 0
}
