package gateway

import (
	"math/bits"
	"sync"
)

// Buffers come in powers of four from 4 KiB to 64 MiB; a larger one is made for the occasion.
const (
	smallest = 4 << 10
	classes  = 8
)

// buffers keeps used buffers for the next request, by size.
type buffers struct{ pools [classes]sync.Pool }

func class(size int) int {
	if size <= smallest {
		return 0
	}
	return (bits.Len(uint(size-1)) - 12 + 1) / 2
}

// get gives an empty buffer with room for size bytes.
func (b *buffers) get(size int) []byte {
	c := class(size)
	if c >= classes {
		return make([]byte, 0, size)
	}
	if p, ok := b.pools[c].Get().(*[]byte); ok {
		return *p
	}
	return make([]byte, 0, smallest<<(2*c))
}

// put takes a buffer back. One that append has moved to an odd size is left to the collector.
func (b *buffers) put(buffer []byte) {
	c := class(cap(buffer))
	if c < classes && cap(buffer) == smallest<<(2*c) {
		buffer = buffer[:0]
		b.pools[c].Put(&buffer)
	}
}

// budget bounds the memory of request bodies, in all and for each client.
type budget struct {
	total, perHost int64

	mu    sync.Mutex
	used  int64
	hosts map[string]int64 // by client
}

func newBudget(total, perHost int64) *budget {
	return &budget{total: total, perHost: perHost, hosts: map[string]int64{}}
}

func (b *budget) take(host string, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.total || b.hosts[host]+n > b.perHost {
		return false
	}
	b.used += n
	b.hosts[host] += n
	return true
}

func (b *budget) give(host string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if b.hosts[host] -= n; b.hosts[host] <= 0 {
		delete(b.hosts, host)
	}
}

func (b *budget) inUse() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return float64(b.used)
}
