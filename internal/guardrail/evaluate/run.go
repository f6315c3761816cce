package evaluate

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/fault"
)

// sequentialBytes is the amount of text up to which starting goroutines costs more than it wins with the detectors that need no model.
const sequentialBytes = 8 << 10

// run gives the findings of every detector, in the order of detectors, or fails if one of them could not do its work.
func (e *Evaluator) run(ctx context.Context, detectors []detect.Detector, p parts) ([]detect.Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	in, plain := p.input, p.input
	plain.Blocks = plain.Blocks[:len(p.guarded)] // grounding weighs every claim once
	input := func(d detect.Detector) detect.Input {
		if d.Family() == detect.Grounding {
			return plain
		}
		return in
	}
	size := 0
	for _, b := range in.Blocks {
		size += len(b.Original())
	}
	found := make([][]detect.Finding, len(detectors))
	if size <= sequentialBytes || len(detectors) < 2 {
		for i, d := range detectors {
			var err error
			if found[i], err = e.detect(ctx, d, input(d)); err != nil {
				return nil, err
			}
		}
	} else {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(e.parallel)
		for i, d := range detectors {
			group.Go(func() (err error) {
				found[i], err = e.detect(ctx, d, input(d))
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	n := 0
	for _, f := range found {
		n += len(f)
	}
	all := make([]detect.Finding, 0, n)
	for _, f := range found {
		all = append(all, f...)
	}
	return all, nil
}

// detect runs one detector; a panic, an error and a time-out all become a fault that names the detector and nothing of the text.
func (e *Evaluator) detect(ctx context.Context, d detect.Detector, in detect.Input) (found []detect.Finding, err error) {
	defer func() {
		if p := recover(); p != nil {
			// The panic's value may quote the text: only its type is kept.
			err = fmt.Errorf("panic of type %T", p)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			found = nil
			e.failed(d.Family())
			err = fault.Wrap(err, fault.Unavailable, "The %s detector could not check the content.", d.Family())
		}
	}()
	return d.Detect(ctx, in)
}
