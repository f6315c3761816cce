package nn

import "merlon.dev/merlon/internal/nn/kernel"

// Arena hands out scratch memory that lives until Reset. It grows to what the largest call needed and then allocates
// no more. The zero Arena is ready; it serves one call at a time.
type Arena struct {
	floats slab[float32]
	bytes  slab[uint8]
}

// Floats is n floats of unknown content, starting at a multiple of 64 bytes from the slab's start.
func (a *Arena) Floats(n int) []float32 { return a.floats.take(n) }

// Bytes is n bytes of unknown content.
func (a *Arena) Bytes(n int) []uint8 { return a.bytes.take(n) }

// Matrix is a rows x cols matrix of unknown content.
func (a *Arena) Matrix(rows, cols int) Matrix { return kernel.Of(a.Floats(rows*cols), rows, cols) }

// Quantised is room for rows x cols quantised activations.
func (a *Arena) Quantised(rows, cols int) kernel.Bytes {
	return kernel.BytesOf(a.Bytes(kernel.BytesLen(rows, cols)), a.Floats(rows), rows, cols)
}

// Reset takes everything back. What was handed out must not be used again.
func (a *Arena) Reset() {
	a.floats.reset()
	a.bytes.reset()
}

// slab is a bump allocator: what does not fit is allocated on its own and makes the slab larger at the next reset.
type slab[T any] struct {
	all  []T
	used int
	need int
}

func (s *slab[T]) take(n int) []T {
	rounded := (n + 63) &^ 63
	s.need += rounded
	if s.used+rounded > len(s.all) {
		return make([]T, n)
	}
	out := s.all[s.used : s.used+n : s.used+n]
	s.used += rounded
	return out
}

func (s *slab[T]) reset() {
	if s.need > len(s.all) {
		s.all = make([]T, s.need)
	}
	s.used, s.need = 0, 0
}
