package nn

import (
	"context"
	"fmt"
	"sync"
)

// Task is work that can be divided: Work(part, parts) is called once for each part, concurrently.
type Task interface {
	Work(part, parts int)
}

// Pool is a fixed number of workers that calls share: no more goroutines compute at a time than it has workers, however
// many calls there are. Create it with NewPool; it may be used concurrently.
type Pool struct {
	slots chan struct{} // holds one token for each worker at work
	work  chan share
	crews chan *Crew // recycled
	done  sync.WaitGroup
}

// share is one part of a task on its way to a helper.
type share struct {
	crew *Crew
	task Task
	part int
}

// run does the part; a panic is kept for the goroutine that waits in Do.
func (s share) run() {
	defer s.crew.pending.Done()
	defer func() {
		if cause := recover(); cause != nil {
			s.crew.failed <- cause
		}
	}()
	s.task.Work(s.part, s.crew.size)
}

// NewPool starts a pool of n workers, n at least 1. A caller of Crew.Do is one of them; the other n-1 are goroutines
// that Close ends.
func NewPool(n int) (*Pool, error) {
	if n < 1 {
		return nil, fmt.Errorf("start pool: %d workers", n)
	}
	p := &Pool{slots: make(chan struct{}, n), work: make(chan share, n), crews: make(chan *Crew, n)}
	for range n - 1 {
		p.done.Go(func() {
			for s := range p.work {
				s.run()
			}
		})
	}
	for range n {
		p.crews <- &Crew{pool: p, failed: make(chan any, n)}
	}
	return p, nil
}

// Close ends the workers and waits for them. No crew may be at work, and none may be made after it.
func (p *Pool) Close() {
	close(p.work)
	p.done.Wait()
}

// Enter makes the caller a worker, waiting until one is free, and gives it all others that are free at that moment. The
// error is that of ctx. Leave the crew when done.
func (p *Pool) Enter(ctx context.Context) (*Crew, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := <-p.crews
	c.size = 1
	for c.size < cap(p.slots) {
		select {
		case p.slots <- struct{}{}:
			c.size++
			continue
		default:
		}
		break
	}
	return c, nil
}

// Crew is the workers that one call holds. It serves one goroutine.
type Crew struct {
	pool    *Pool
	size    int
	pending sync.WaitGroup
	failed  chan any // what parts on other workers panicked with
}

// Size is the number of workers, the caller included.
func (c *Crew) Size() int { return c.size }

// Do runs all parts of a task, one a worker, and returns when they are done. If a part panics, Do panics in the caller's
// goroutine when all are done.
func (c *Crew) Do(t Task) {
	c.pending.Add(c.size - 1)
	for part := 1; part < c.size; part++ {
		c.pool.work <- share{c, t, part}
	}
	func() {
		defer c.pending.Wait() // even if this part panics: no part may outlive Do
		t.Work(0, c.size)
	}()
	select {
	case cause := <-c.failed:
		panic(cause)
	default:
	}
}

// Leave gives the workers back. The crew must not be used after it.
func (c *Crew) Leave() {
	p, n := c.pool, c.size
	for len(c.failed) > 0 {
		<-c.failed // several parts panicked; Do passed one on
	}
	p.crews <- c
	for range n {
		<-p.slots
	}
}
