package token

import (
	"math"
	"unicode/utf8"
)

// unigram picks the pieces of a word whose scores add up to the most, as SentencePiece does.
type unigram struct {
	pieces trie
	root   uint32 // base of the trie's root
	scores []float64
	unk    int32
	cost   float64 // the score of a character that is no piece
}

// unknownPenalty is how far below the lowest score an unknown character counts. Source: kUnkPenalty in
// src/unigram_model.cc of github.com/google/sentencepiece.
const unknownPenalty = 10

// newUnigram takes the id of each piece and the scores by id. hidden reports pieces that text never becomes.
func newUnigram(pieces map[string]int32, scores []float64, unk int32, hidden func(piece string) bool) (*unigram, error) {
	m := &unigram{scores: scores, unk: unk}
	lowest := math.Inf(1)
	for _, s := range scores {
		lowest = min(lowest, s)
	}
	entries := make([]entry, 0, len(scores))
	for p, id := range pieces {
		if int(id) < len(scores) && !hidden(p) { // added tokens have no score
			entries = append(entries, entry{p, id})
		}
	}
	m.cost = lowest - unknownPenalty
	var err error
	if m.pieces, err = newTrie(entries); err != nil {
		return nil, err
	}
	m.root = unitOffset(m.pieces.units[0])
	return m, nil
}

// unreached is the score of a place before a way to it was found. Scores are held above it by far.
var unreached = math.Inf(-1)

// path is the best way to a place in a word: its score and its last piece.
type path struct {
	score float64
	start int32 // where the last piece starts
	id    int32
}

// encode adds the tokens of the word in dst's scratch.
func (m *unigram) encode(dst *Encoding) {
	s := &dst.scratch
	slot, found := s.memory.slot(m, s.word.bytes)
	if !found {
		m.walk(s)
		m.emit(dst, turn(s.paths), slot)
		return
	}
	at := 0
	for i := range slot.count {
		end := int(slot.ends[i])
		dst.emit(slot.ids[i], at, end)
		at = end
	}
}

// walk fills the paths of a word from left to right. Of equal ways the first found stays: the one with the longest
// last piece.
func (m *unigram) walk(s *scratch) {
	word := s.word.bytes
	if cap(s.paths) <= len(word) {
		s.paths = make([]path, len(word)+1, len(word)+1+len(word)/2)
	}
	paths := s.paths[:len(word)+1]
	s.paths = paths
	for i := range paths {
		paths[i].score = unreached
	}
	paths[0].score = 0
	units, scores := m.pieces.units, m.scores
	for at := 0; at < len(word); {
		score, first := paths[at].score, 1
		if word[at] >= utf8.RuneSelf {
			_, first = utf8.DecodeRune(word[at:])
		}
		known := false
		rest, ends := word[at:], paths[at+1:]
		base := m.root
		for i := 0; i < len(rest) && i < len(ends); i++ { // longest, stopping at each piece
			place := base ^ uint32(rest[i])
			if int(place) >= len(units) || units[place]&unitByte != uint32(rest[i]) {
				break
			}
			u := units[place]
			base = place ^ unitOffset(u)
			if u&unitLeaf == 0 {
				continue
			}
			id := int32(units[base] &^ unitNumber)
			known = known || i+1 == first
			if sum := scores[id] + score; sum > ends[i].score {
				ends[i] = path{sum, int32(at), id}
			}
		}
		at += first
		if end := &paths[at]; !known && m.cost+score > end.score {
			*end = path{m.cost + score, int32(at - first), m.unk}
		}
	}
}

// turn follows the best way back from the end and notes each piece where it starts, with its end in the place of its
// start. It returns the word's end.
func turn(paths []path) int {
	at := int32(len(paths) - 1)
	for last := paths[at]; at > 0; {
		before := paths[last.start]
		paths[last.start].id, paths[last.start].start = last.id, at
		at, last = last.start, before
	}
	return len(paths) - 1
}

// emit adds the pieces and keeps them in slot unless it is nil. Unknown characters side by side become one token.
func (m *unigram) emit(dst *Encoding, end int, slot *memorySlot) {
	paths := dst.scratch.paths
	for at := 0; at < end; {
		start, id := at, paths[at].id
		at = int(paths[at].start)
		if id == m.unk {
			for at < end && paths[at].id == m.unk {
				at = int(paths[at].start)
			}
			id = m.fused(dst.scratch.word.bytes[start:at])
		}
		dst.emit(id, start, at)
		if slot != nil {
			slot.keep(id, at)
		}
	}
}

// fused is the id of unknown characters side by side: the reference looks them up together.
func (m *unigram) fused(text []byte) int32 {
	if n, id := longest(m.pieces, text); n == len(text) {
		return id
	}
	return m.unk
}
