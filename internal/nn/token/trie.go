package token

import (
	"errors"
	"slices"
)

// trie is a double array over bytes with a number under some keys. Each node has a base, its own place XOR the offset in
// its unit. Its child by byte c lies at base XOR c, and if a key ends at the node, the key's number lies at base. A unit
// holds the byte that leads to it (bits 0-7), whether a key ends there (bit 8) and the offset (bits 10-30, in steps of
// 256 if bit 9 is set); a number has bit 31 set, so that it is no byte's child. Source of the layout: include/darts.h
// of github.com/s-yata/darts-clone, which SentencePiece writes its maps with.
type trie struct{ units []uint32 }

const (
	unitLeaf   = 1 << 8
	unitNumber = 1 << 31
	unitByte   = unitNumber | 0xff
)

func unitOffset(u uint32) uint32 { return u >> 10 << (u & (1 << 9) >> 6) }

// longest finds the longest key that text begins with. n is 0 if there is none.
func longest[T string | []byte](t trie, text T) (n int, number int32) {
	units := t.units
	node := unitOffset(units[0])
	for i := range len(text) {
		c := uint32(text[i])
		node ^= c
		if int(node) >= len(units) || units[node]&unitByte != c {
			break
		}
		u := units[node]
		node ^= unitOffset(u)
		if u&unitLeaf != 0 && int(node) < len(units) {
			n, number = i+1, int32(units[node]&^unitNumber)
		}
	}
	return n, number
}

// shortest finds the shortest key that text begins with.
func (t trie) shortest(text []byte) (number int32, ok bool) {
	units := t.units
	node := unitOffset(units[0])
	for _, c := range text {
		node ^= uint32(c)
		if c == 0 || int(node) >= len(units) || units[node]&unitByte != uint32(c) {
			return 0, false
		}
		u := units[node]
		node ^= unitOffset(u)
		if u&unitLeaf != 0 && int(node) < len(units) {
			return int32(units[node] &^ unitNumber), true
		}
	}
	return 0, false
}

// entry is a key and its number.
type entry struct {
	key    string
	number int32
}

var errTrieSize = errors.New("the pieces are too many and too long together")

// newTrie builds the double array of entries with keys that are different, not empty and free of NUL.
func newTrie(entries []entry) (trie, error) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b entry) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	b := trieBuilder{}
	b.grow()
	b.take(0)
	b.units[0] = 0
	b.bases[0] = true
	if len(entries) > 0 {
		b.node(entries, 0, 0)
	}
	if len(b.units) > 1<<21 {
		return trie{}, errTrieSize
	}
	return trie{b.units}, nil
}

const (
	blockSize  = 256
	openBlocks = 16 // blocks at the end where free units are looked for; it bounds the time
)

// trieBuilder places nodes. Free units of the open blocks form a ring through next and prev.
type trieBuilder struct {
	units      []uint32
	free       []bool
	bases      []bool // bases that a node has
	next, prev []int32
	head       int32 // a free unit
	count      int   // of the units in the ring
}

func (b *trieBuilder) grow() {
	first := len(b.units)
	for i := range blockSize {
		b.units = append(b.units, unitNumber)
		b.free, b.bases = append(b.free, true), append(b.bases, false)
		b.next, b.prev = append(b.next, 0), append(b.prev, 0)
		b.link(int32(first + i))
	}
	if closed := first - openBlocks*blockSize; closed >= 0 {
		for i := closed; i < closed+blockSize; i++ {
			if b.free[i] {
				b.take(uint32(i))
			}
		}
	}
}

func (b *trieBuilder) link(i int32) {
	if b.count++; b.count == 1 {
		b.head, b.next[i], b.prev[i] = i, i, i
		return
	}
	last := b.prev[b.head]
	b.next[last], b.prev[i], b.next[i], b.prev[b.head] = i, last, b.head, i
}

func (b *trieBuilder) take(i uint32) {
	b.free[i] = false
	b.count--
	b.next[b.prev[i]], b.prev[b.next[i]] = b.next[i], b.prev[i]
	if b.head == int32(i) {
		b.head = b.next[i]
	}
}

// node places the children of the node at unit, whose entries share their first depth bytes, and what follows them.
func (b *trieBuilder) node(entries []entry, depth int, unit uint32) {
	var labels [blockSize]byte // 0 stands for the end of a key
	n := 0
	for i := 0; i < len(entries); n++ {
		labels[n] = label(entries[i], depth)
		i += sharing(entries[i:], depth)
	}
	base := b.place(labels[:n])
	b.bases[base] = true
	b.units[unit] |= (base ^ unit) << 10
	for _, c := range labels[:n] {
		b.take(base ^ uint32(c))
		b.units[base^uint32(c)] = uint32(c)
	}
	for len(entries) > 0 {
		same := entries[:sharing(entries, depth)]
		entries = entries[len(same):]
		if c := label(same[0], depth); c != 0 {
			b.node(same, depth+1, base^uint32(c))
		} else {
			b.units[unit] |= unitLeaf
			b.units[base] = unitNumber | uint32(same[0].number)
		}
	}
}

func label(e entry, depth int) byte {
	if depth == len(e.key) {
		return 0
	}
	return e.key[depth]
}

// sharing counts the entries at the front that have the first one's label.
func sharing(entries []entry, depth int) int {
	n := 1
	for n < len(entries) && label(entries[n], depth) == label(entries[0], depth) {
		n++
	}
	return n
}

// place finds a base that no node has and that puts each label on a free unit.
func (b *trieBuilder) place(labels []byte) uint32 {
	for i, unit := 0, b.head; i < b.count; i, unit = i+1, b.next[unit] {
		if base := uint32(unit) ^ uint32(labels[0]); b.fits(base, labels) {
			return base
		}
	}
	b.grow()
	return uint32(len(b.units) - blockSize)
}

func (b *trieBuilder) fits(base uint32, labels []byte) bool {
	if b.bases[base] {
		return false
	}
	for _, c := range labels {
		if !b.free[base^uint32(c)] {
			return false
		}
	}
	return true
}
