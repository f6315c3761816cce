package token

import "encoding/binary"

// memory keeps the pieces of short words that an Encoding saw, since text repeats its words. Each word has one slot,
// which the last word there takes; what is found does not depend on what was seen.
type memory struct {
	owner *unigram
	slots []memorySlot
}

type memorySlot struct {
	key    [memoryBytes / 8]uint64
	length uint8 // of the word; 0 for a slot that is free
	count  uint8
	ends   [memoryPieces]uint8
	ids    [memoryPieces]int32
}

const (
	memorySlots  = 1 << 10
	memoryBytes  = 24 // longer words are not kept
	memoryPieces = 6  // words of more pieces are not kept
)

// slot is the place of a word and whether the word is there. It is nil for a word that is too long to keep.
func (m *memory) slot(owner *unigram, word []byte) (s *memorySlot, found bool) {
	if len(word) > memoryBytes {
		return nil, false
	}
	if m.owner != owner {
		if m.slots == nil {
			m.slots = make([]memorySlot, memorySlots)
		}
		clear(m.slots)
		m.owner = owner
	}
	var padded [memoryBytes]byte
	copy(padded[:], word)
	var key [memoryBytes / 8]uint64
	hash := uint64(len(word))
	for i := range key {
		key[i] = binary.LittleEndian.Uint64(padded[8*i:])
		hash = (hash ^ key[i]) * 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
		hash ^= hash >> 32
	}
	s = &m.slots[hash%memorySlots]
	if s.length == uint8(len(word)) && s.key == key {
		return s, true
	}
	s.key, s.length, s.count = key, uint8(len(word)), 0
	return s, false
}

// keep notes the next piece of a word that was not found. It frees the slot if there are too many.
func (s *memorySlot) keep(id int32, end int) {
	if s.count == memoryPieces {
		s.length = 0
	}
	if s.length > 0 {
		s.ids[s.count], s.ends[s.count] = id, uint8(end)
		s.count++
	}
}
