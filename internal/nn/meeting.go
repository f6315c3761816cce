package nn

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Meeting is where the parts of a task wait for one another between its steps. A step may take some microseconds, so that waking a goroutine for
// each would cost as much; they look at a counter instead, and give way to others only after a while. Reset it before the task.
type Meeting struct {
	here   atomic.Int32
	round  atomic.Uint32
	broken atomic.Bool
}

// How often a worker looks before it lets other goroutines run, and before it sleeps between looks.
const (
	looks  = 1 << 12
	yields = looks + 1<<8
)

// Reset readies the meeting for a task. No part may be at work.
func (m *Meeting) Reset() {
	m.here.Store(0)
	m.broken.Store(false)
}

// Wait returns true when as many parts as there are workers wait, false if one was lost.
func (m *Meeting) Wait(workers int) bool {
	round := m.round.Load()
	if int(m.here.Add(1)) == workers {
		m.here.Store(0)
		m.round.Add(1)
		return true
	}
	for i := 0; m.round.Load() == round; i++ {
		if m.broken.Load() {
			return false
		}
		switch {
		case i > yields:
			time.Sleep(20 * time.Microsecond)
		case i > looks:
			runtime.Gosched()
		}
	}
	return true
}

// Leave tells the others that this part will not come again: what panics leaves.
func (m *Meeting) Leave() { m.broken.Store(true) }
