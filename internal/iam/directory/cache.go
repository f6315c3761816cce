package directory

import "sync"

// cache keeps values that hold for one state of the store. A change of any row empties it.
type cache[V any] struct {
	limit int

	mu      sync.RWMutex
	changes uint64
	values  map[string]V
}

func newCache[V any](limit int) *cache[V] { return &cache[V]{limit: limit, values: map[string]V{}} }

// get gives the value that was put while the store's count of changes was the same as now.
func (c *cache[V]) get(changes uint64, key string) (value V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.changes != changes {
		return value, false
	}
	value, ok = c.values[key]
	return value, ok
}

// put keeps a value that was read after the count of changes was. A full cache gives up any other entry.
func (c *cache[V]) put(changes uint64, key string, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changes < c.changes {
		return
	}
	if changes > c.changes {
		clear(c.values)
		c.changes = changes
	}
	if len(c.values) >= c.limit {
		for other := range c.values {
			delete(c.values, other)
			break
		}
	}
	c.values[key] = value
}
