package inference

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/guardrail"
)

// overlaps reports whether the model may be asked while the input is still judged: where that is wanted, and no guardrail may change what
// the model is to see.
func (c *call) overlaps() bool {
	if !c.service.Overlap || len(c.guards) == 0 {
		return false
	}
	masks := func(action guardrail.Action, gates guardrail.Gates) bool {
		return action == guardrail.Anonymize || gates.Input.Action == guardrail.Anonymize
	}
	for _, g := range c.guards {
		sensitive := g.Guardrail().Sensitive
		for _, e := range sensitive.Entities {
			if masks(e.Action, e.Gates) {
				return false
			}
		}
		for _, r := range sensitive.Regexes {
			if masks(r.Action, r.Gates) {
				return false
			}
		}
	}
	return true
}

// ask has the model asked behind a verdict on the input, or beside it. wait gives nil once the input has passed: before that nothing of an
// answer may be used. Where the input does not pass, the model's context ends and ask gives the verdict's error, nil for a blocked one.
func (c *call) ask(ctx context.Context, answer func(ctx context.Context, wait func() error) error) error {
	if !c.overlaps() {
		if err := c.judgeInput(ctx); err != nil || c.intervened {
			return err
		}
		return answer(ctx, func() error { return nil })
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	var verdict error
	judged := make(chan struct{})
	go func() {
		defer close(judged)
		defer func() {
			if p := recover(); p != nil {
				verdict = fmt.Errorf("panic of type %T while the input was judged", p) // its value may quote the input
			}
			if verdict != nil || c.intervened {
				leave()
			}
		}()
		verdict = c.judgeInput(ctx)
	}()
	err := answer(ctx, func() error {
		<-judged
		if verdict != nil || c.intervened {
			return context.Canceled
		}
		return nil
	})
	failed := false // the model, before there was a verdict
	if err != nil {
		select {
		case <-judged:
		default:
			failed = true
			leave()
		}
	}
	<-judged
	switch {
	case c.intervened:
		return nil
	case verdict != nil && !failed:
		return verdict
	default:
		return err
	}
}
