package nn

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// tally notes which parts ran, and the most that ran at a time.
type tally struct {
	parts, now, most atomic.Int64
	meet             func()
}

func (y *tally) Work(part, parts int) {
	y.parts.Add(1 << (8 * part))
	n := y.now.Add(1)
	for m := y.most.Load(); n > m && !y.most.CompareAndSwap(m, n); m = y.most.Load() {
	}
	if y.meet != nil {
		y.meet()
	}
	y.now.Add(-1)
}

func started(t *testing.T, n int) *Pool {
	t.Helper()
	p, err := NewPool(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func entered(t *testing.T, p *Pool) *Crew {
	t.Helper()
	c, err := p.Enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCrewRunsEachPartOnceAndTogether(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 4; n++ {
		c := entered(t, started(t, n))
		if c.Size() != n {
			t.Errorf("%d workers, crew of %d", n, c.Size())
		}
		var together sync.WaitGroup
		together.Add(n)
		y := tally{meet: func() { together.Done(); together.Wait() }} // stands still unless all parts run at a time
		c.Do(&y)
		want := int64(0)
		for part := range n {
			want += 1 << (8 * part)
		}
		if y.parts.Load() != want {
			t.Errorf("%d workers ran parts %#x", n, y.parts.Load())
		}
		c.Leave()
	}
}

func TestPoolNeverRunsMoreThanItsWorkers(t *testing.T) {
	t.Parallel()
	p := started(t, 3)
	var y tally
	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			for range 50 {
				c, err := p.Enter(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				c.Do(&y)
				c.Leave()
			}
		})
	}
	calls.Wait()
	if most := y.most.Load(); most < 1 || most > 3 {
		t.Errorf("%d at a time", most)
	}
}

// broken panics in one part, after the others have begun.
type broken struct {
	part int
	met  *sync.WaitGroup
}

func (b broken) Work(part, _ int) {
	b.met.Done()
	b.met.Wait()
	if part == b.part || b.part < 0 {
		panic("broken")
	}
}

func TestPanicReachesTheCaller(t *testing.T) {
	t.Parallel()
	p := started(t, 3)
	for part := -1; part < 3; part++ { // -1: all parts panic
		c := entered(t, p)
		met := new(sync.WaitGroup)
		met.Add(3)
		func() {
			defer func() {
				if got := recover(); got != "broken" {
					t.Errorf("part %d: recovered %v", part, got)
				}
			}()
			c.Do(broken{part, met})
		}()
		c.Leave()
	}
	c := entered(t, p)
	var y tally
	c.Do(&y)
	c.Leave()
	if y.parts.Load() != 1+1<<8+1<<16 {
		t.Errorf("after panics parts %#x ran", y.parts.Load())
	}
}

func TestEnterWaitsForAWorker(t *testing.T) {
	t.Parallel()
	p := started(t, 2)
	c := entered(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Enter(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Enter of a full pool = %v", err)
	}
	c.Leave()
	entered(t, p).Leave()
	if _, err := NewPool(0); err == nil {
		t.Error("a pool without workers starts")
	}
}

func TestArenaReusesItsMemory(t *testing.T) { // AllocsPerRun does not go with t.Parallel
	var a Arena
	use := func() {
		x, y, m := a.Floats(100), a.Bytes(7), a.Quantised(3, 16)
		for i := range x {
			x[i] = 1
		}
		for i := range m.Scale {
			m.Scale[i] = 3
		}
		y[0] = 4
		if x[99] != 1 || m.Cols != 16 || m.Scale[2] != 3 {
			t.Error("pieces overlap")
		}
		a.Reset()
	}
	use()
	use()
	if n := testing.AllocsPerRun(10, use); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
