package text

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

func TestDeriveMakesOnce(t *testing.T) {
	t.Parallel()
	d := New("some text")
	var made atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := Derive(t.Context(), d, "length", func() (int, error) { made.Add(1); return len(d.Original()), nil })
			if got != 9 || err != nil {
				t.Errorf("gave %d, %v", got, err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 {
		t.Errorf("computed %d times", made.Load())
	}
	if got, _ := Derive(t.Context(), d, "other", func() (string, error) { return "apart", nil }); got != "apart" {
		t.Errorf("another key gave %q", got)
	}
}

func TestDeriveKeepsNoFailure(t *testing.T) {
	t.Parallel()
	d, bad := New("text"), errors.New("bad")
	if got, err := Derive(t.Context(), d, 1, func() (int, error) { return 7, bad }); got != 0 || !errors.Is(err, bad) {
		t.Errorf("gave %d, %v", got, err)
	}
	func() {
		defer func() { _ = recover() }() // the panic below; what follows shows that the slot is free again
		_, _ = Derive(t.Context(), d, 1, func() (int, error) { panic("broken") })
	}()
	if got, err := Derive(t.Context(), d, 1, func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("gave %d, %v after failures", got, err)
	}
}

func TestDeriveWaitsUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	d, inside, release := New("text"), make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = Derive(t.Context(), d, 1, func() (int, error) { close(inside); <-release; return 1, nil })
	})
	<-inside
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Derive(ctx, d, 1, func() (int, error) { return 2, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
	close(release)
	group.Wait()
}
