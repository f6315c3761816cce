package decoder

import (
	"runtime"
	"sync/atomic"
	"time"
)

// meeting is where workers wait for one another between the steps of a pass. A step takes some microseconds, so that waking a goroutine for each
// would cost as much; they look at a counter instead, and give way to others only after a while.
type meeting struct {
	here   atomic.Int32
	round  atomic.Uint32
	broken atomic.Bool
}

// How often a worker looks before it lets other goroutines run, and before it sleeps between looks.
const (
	looks  = 1 << 12
	yields = looks + 1<<8
)

// reset readies the meeting for a pass.
func (m *meeting) reset() {
	m.here.Store(0)
	m.broken.Store(false)
}

// wait returns true when all workers are there, false if one was lost.
func (m *meeting) wait(workers int) bool {
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

// leave tells the others that this worker will not come again.
func (m *meeting) leave() { m.broken.Store(true) }
