package text

import (
	"context"
	"sync"
)

// derived keeps what readers made of a document.
type derived struct {
	mu    sync.Mutex // guards the map alone
	slots map[any]*slot
}

// slot is one value: whoever holds its turn may make it.
type slot struct {
	turn  chan struct{}
	made  bool
	value any
}

// Derive gives what compute makes of d, and keeps it with the document, so that detectors that need the same costly reading share it.
// Whose value it is says key, which is comparable and always comes with the same T. Of several callers at a time one computes and the
// others wait, each until its own ctx ends. An error is not kept: the next caller tries again.
func Derive[T any](ctx context.Context, d *Document, key any, compute func() (T, error)) (T, error) {
	var none T
	s := d.derived.slot(key)
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	defer func() { <-s.turn }()
	if s.made {
		return s.value.(T), nil
	}
	value, err := compute()
	if err != nil {
		return none, err
	}
	s.value, s.made = value, true
	return value, nil
}

func (d *derived) slot(key any) *slot {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.slots[key]
	if s == nil {
		if d.slots == nil {
			d.slots = map[any]*slot{}
		}
		s = &slot{turn: make(chan struct{}, 1)}
		d.slots[key] = s
	}
	return s
}
