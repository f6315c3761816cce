package token

import (
	"cmp"
	"fmt"
	"unicode/utf8"
)

// bpe joins the characters of a word, or its bytes, pair by pair: the pair that was learnt first goes first, the leftmost of equals.
// Source: BPE::merge_word and Word::merge_all of github.com/huggingface/tokenizers.
type bpe struct {
	joins     pairTable
	bytes     [256]int32 // what begins a word where it is bytes, or what stands for a byte of an unknown character; -1 for none
	byteLevel bool
	fallback  bool // unknown characters become bytes
	runes     map[rune]int32
	whole     map[string]int32 // words that are pieces as they are, where merges are passed over for them
	unk       int32            // -1 for none: unknown characters vanish
	fuse      bool             // unknown characters side by side are one
}

// pairTable finds what two pieces side by side become. It is an open hash table: Go's map takes three times as long.
type pairTable struct {
	slots []pairSlot
	shift uint
}

type pairSlot struct {
	pair     uint64 // left<<32 | right, plus 1; 0 for a free slot
	rank, id int32
}

func newPairTable(n int) pairTable {
	bits := uint(4)
	for 1<<bits < 2*n {
		bits++
	}
	return pairTable{make([]pairSlot, 1<<bits), 64 - bits}
}

func (t pairTable) slot(left, right int32) *pairSlot {
	key := uint64(uint32(left))<<32 | uint64(uint32(right))
	key++
	for i := key * 0x9e3779b97f4a7c15 >> t.shift; ; i++ { // 2^64 over the golden ratio
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if s.pair == key || s.pair == 0 {
			return s
		}
	}
}

// add enters a pair; the first of two alike counts, as it has the lower rank.
func (t pairTable) add(left, right, rank, id int32) {
	if s := t.slot(left, right); s.pair == 0 {
		*s = pairSlot{(uint64(uint32(left))<<32 | uint64(uint32(right))) + 1, rank, id}
	}
}

// symbol is a piece of a word on the way.
type symbol struct {
	id         int32
	prev, next int32 // -1 at the ends
	start, end int32 // of the word's bytes; equal when the symbol is gone
}

// offer is two symbols that may become one.
type offer struct{ rank, at, id int32 }

func (a offer) compare(b offer) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.at, b.at))
}

// bpeScratch is the memory of a word.
type bpeScratch struct {
	symbols []symbol
	queue   []offer // a heap
}

func (b *bpeScratch) push(j offer) {
	b.queue = append(b.queue, j)
	q := b.queue
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if q[up].compare(q[i]) <= 0 {
			return
		}
		q[up], q[i] = q[i], q[up]
		i = up
	}
}

func (b *bpeScratch) pop() offer {
	q := b.queue
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if q[child].compare(q[least]) < 0 {
				least = child
			}
		}
		if least == i {
			break
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
	b.queue = q
	return top
}

func (m *bpe) encode(dst *Encoding) {
	s := &dst.scratch
	word := s.word.bytes
	if m.whole != nil {
		if id, ok := m.whole[string(word)]; ok {
			dst.emit(id, 0, len(word))
			return
		}
	}
	b := &s.bpe
	b.symbols, b.queue = m.begin(b.symbols[:0], word), b.queue[:0]
	for i := 1; i < len(b.symbols); i++ {
		m.offer(b, int32(i-1), int32(i))
	}
	for len(b.queue) > 0 {
		m.take(b, b.pop())
	}
	for i := range b.symbols {
		if one := &b.symbols[i]; one.start < one.end {
			dst.emit(one.id, int(one.start), int(one.end))
		}
	}
}

// take joins two symbols, unless what was offered is gone.
func (m *bpe) take(b *bpeScratch, j offer) {
	left := &b.symbols[j.at]
	if left.start == left.end || left.next < 0 {
		return
	}
	right := &b.symbols[left.next]
	if pair := m.joins.slot(left.id, right.id); pair.pair == 0 || pair.id != j.id {
		return
	}
	left.id, left.end, left.next = j.id, right.end, right.next
	right.start, right.end = 0, 0
	if left.next >= 0 {
		b.symbols[left.next].prev = j.at
		m.offer(b, j.at, left.next)
	}
	if left.prev >= 0 {
		m.offer(b, left.prev, j.at)
	}
}

// offer queues two neighbours if they can be joined.
func (m *bpe) offer(b *bpeScratch, left, right int32) {
	if s := m.joins.slot(b.symbols[left].id, b.symbols[right].id); s.pair != 0 {
		b.push(offer{s.rank, left, s.id})
	}
}

// begin cuts a word into what is joined.
func (m *bpe) begin(to []symbol, word []byte) []symbol {
	add := func(id int32, start, end int) {
		n := int32(len(to))
		if n > 0 {
			to[n-1].next = n
		}
		to = append(to, symbol{id, n - 1, -1, int32(start), int32(end)})
	}
	unknown := -1 // where unknown characters side by side begin
	for i := 0; i < len(word); {
		id, n := m.bytes[word[i]], 1
		if !m.byteLevel {
			var r rune
			r, n = utf8.DecodeRune(word[i:])
			var known bool
			if id, known = m.runes[r]; !known {
				id = -1
			}
		}
		switch {
		case id >= 0:
			add(id, i, i+n)
			unknown = -1
		case m.fallback && m.hasBytes(word[i:i+n]):
			for k := range n {
				add(m.bytes[word[i+k]], i+k, i+k+1)
			}
			unknown = -1
		case m.unk >= 0 && m.fuse && unknown >= 0:
			to[len(to)-1].end = int32(i + n)
		case m.unk >= 0:
			add(m.unk, i, i+n)
			unknown = i
		}
		i += n
	}
	return to
}

func (m *bpe) hasBytes(character []byte) bool {
	for _, c := range character {
		if m.bytes[c] < 0 {
			return false
		}
	}
	return true
}

// newBPE builds the model of a vocabulary with merges. hidden reports pieces that text never becomes.
func newBPE(v *vocabulary, byteLevel bool, hidden func(piece string) bool) (*bpe, error) {
	m := &bpe{byteLevel: byteLevel, fallback: v.fallback, fuse: v.fuse, unk: -1, joins: newPairTable(len(v.merges))}
	if v.unk != "" {
		id, ok := v.ids[v.unk]
		if !ok {
			return nil, malformed("the unknown token %.80q is not in the vocabulary", v.unk)
		}
		m.unk = id
	}
	for i := range m.bytes {
		piece := fmt.Sprintf("<0x%02X>", i)
		if byteLevel {
			piece = string(byteRunes[i])
		}
		m.bytes[i] = -1
		if id, ok := v.ids[piece]; ok && (byteLevel || v.fallback) {
			m.bytes[i] = id
		}
	}
	if !byteLevel {
		m.runes = map[rune]int32{}
		for piece, id := range v.ids {
			if r, n := utf8.DecodeRuneInString(piece); n == len(piece) {
				m.runes[r] = id
			}
		}
	}
	for rank, pair := range v.merges {
		left, hasLeft := v.ids[pair[0]]
		right, hasRight := v.ids[pair[1]]
		id, ok := v.ids[pair[0]+pair[1]]
		if !hasLeft || !hasRight || !ok {
			return nil, malformed("the merge of %.80q and %.80q is not in the vocabulary", pair[0], pair[1])
		}
		m.joins.add(left, right, int32(rank), id)
	}
	if v.wholeWords {
		m.whole = make(map[string]int32, len(v.ids))
		for piece, id := range v.ids {
			if word, ok := unmapped(nil, piece); hidden(piece) {
				continue
			} else if !byteLevel {
				m.whole[piece] = id
			} else if ok {
				m.whole[string(word)] = id
			}
		}
	}
	return m, nil
}
