package gateway

import "testing"

// TestBuffers: every size gets room, and what is put back is what get gives.
func TestBuffers(t *testing.T) {
	t.Parallel()
	var b buffers
	for _, size := range []int{0, 1, smallest, smallest + 1, 16 << 10, 64<<10 + 1, 1 << 20, 64 << 20, 64<<20 + 1} {
		buffer := b.get(size)
		if cap(buffer) < size || len(buffer) != 0 {
			t.Errorf("get(%d) has room for %d", size, cap(buffer))
		}
		if c := class(size); c < classes && (cap(buffer) != smallest<<(2*c) || c > 0 && cap(buffer)/4 >= size) {
			t.Errorf("get(%d) is of size %d", size, cap(buffer))
		}
		b.put(append(buffer, 1))
		if again := b.get(size); len(again) != 0 {
			t.Error("a buffer came back full")
		}
	}
}
