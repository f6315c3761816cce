package inference

import (
	"context"
	"errors"
	"unicode/utf8"

	"merlon.dev/merlon/internal/model"
)

// errBlocked ends the model's stream when a guardrail has blocked its answer.
var errBlocked = errors.New("the answer was blocked")

// Stream answers a conversation piece by piece to yield. It stops at the first error of yield and returns it. The model is left at once when
// the context ends or a guardrail blocks; what the answer cost so far is then estimated, since models tell it at the end.
func (s *Service) Stream(ctx context.Context, r Request, yield func(model.Delta) error) (_ Result, err error) {
	c, err := s.begin(ctx, r)
	defer func() { c.count(err) }()
	if err != nil {
		return Result{}, err
	}
	h := &hold{call: c, async: r.Async, yield: yield, reach: s.Hold, step: s.Step}
	for _, g := range c.guards {
		for _, w := range g.Guardrail().Words.Words {
			h.reach = max(h.reach, 4*len(w.Text)+64) // room for what disguises it
		}
	}
	take := func(d model.Delta) error {
		c.answered = true
		c.deltas++
		if len(c.guards) == 0 {
			return yield(d)
		}
		return h.take(ctx, d)
	}
	err = c.ask(ctx, func(ctx context.Context, wait func() error) (err error) {
		c.end, err = c.entry.Provider.Stream(ctx, c.request, func(d model.Delta) error {
			if err := wait(); err != nil {
				return err
			}
			return take(d)
		})
		return err
	})
	if err == nil && c.blocked {
		err := yield(model.Delta{Text: c.content[0].Text})
		return c.result(), err
	}
	if err == nil && len(c.guards) > 0 {
		err = h.finish(ctx)
	}
	if errors.Is(err, errBlocked) {
		if c.end.Usage == (model.Usage{}) {
			c.end.Usage = model.Usage{InputTokens: estimate(c.request), OutputTokens: c.deltas}
		}
		err = h.replace()
	}
	if err != nil {
		return Result{}, err
	}
	return c.result(), nil
}

// estimate gives about how many tokens a conversation has: one for each four characters.
func estimate(r model.Request) int {
	n := 0
	for _, p := range passages(&r) {
		if p.text != nil {
			n += utf8.RuneCountInString(*p.text)
		}
	}
	return (n + 3) / 4
}
