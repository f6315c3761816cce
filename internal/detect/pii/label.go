package pii

import (
	"sort"
	"strings"
)

// How far, in bytes, a context word reaches.
const (
	reach       = 64 // forward, to a value in its own sentence
	reachBroken = 24 // forward, over one end of sentence or line
	reachBack   = 28 // back, to a value that stands before it
)

// labelled reports whether the text says that bytes [start, end) are what want means: the nearest label before them says so and
// no other label claims them, or, without a label before them, a label right after them does ("1234 is my PIN").
func (s *scan) labelled(start, end int, want cue) bool {
	verdict, decided := s.labelBefore(start, want)
	return verdict || !decided && s.labelAfter(end, want)
}

// labelBefore looks for labels before byte start: the name of its column in a sheet, else the words before it. decided says that the nearest one means something else and has no number
// between it and start, so that it claims the value; a label that has had its number claims no second one.
func (s *scan) labelBefore(start int, want cue) (verdict, decided bool) {
	if name := s.column(start) & (labels | want); name != 0 {
		return name&want != 0, true
	}
	for i := s.keysBefore(start) - 1; i >= 0; i-- {
		k := s.keys[i]
		if start-int(k.end) > reach {
			break
		}
		if k.cue&(labels|want) == 0 {
			continue
		}
		if start-int(k.end) > reachBroken {
			if s.breaksBetween(int(k.end), start) > 0 {
				break
			}
		} else if s.breaksBetween(int(k.end), start) > 1 {
			break
		}
		if k.cue&want != 0 {
			return true, true
		}
		if !s.numberBetween(int(k.end), start) {
			return false, true
		}
	}
	return false, false
}

// labelAfter looks for a label right after byte end that does not go on to its own number.
func (s *scan) labelAfter(end int, want cue) bool {
	for i := s.keysBefore(end); i < len(s.keys); i++ {
		k := s.keys[i]
		if int(k.start) < end {
			continue
		}
		if int(k.start)-end > reachBack || s.numberBetween(end, int(k.start)) || s.breaksBetween(end, int(k.start)) > 0 {
			return false
		}
		if k.cue&(labels|want) == 0 {
			continue
		}
		return k.cue&want != 0 && !s.numberBetween(int(k.end), min(int(k.end)+12, len(s.text)))
	}
	return false
}

// direct reports whether the nearest label before byte start is one of want and has had no number yet. Words for a card or an
// account are passed over: "the CVV of that card: 123".
func (s *scan) direct(start int, want cue) bool {
	if name := s.column(start) & (labels | want); name != 0 {
		return name&want != 0
	}
	for i := s.keysBefore(start) - 1; i >= 0 && start-int(s.keys[i].end) <= reachBroken; i-- {
		if k := s.keys[i]; k.cue&want != 0 {
			return !s.numberBetween(int(k.end), start) && s.breaksBetween(int(k.end), start) <= 1
		} else if k.cue&labels&^(cueCard|cueAccount) != 0 {
			return false
		}
	}
	return false
}

// saidToBe is labelAfter for numbers so short that a word near means little: the text must say that the number is that ("1234 is
// my PIN", "1234 (PIN)", "1234가 비밀번호").
func (s *scan) saidToBe(end int, want cue) bool {
	if !s.labelAfter(end, want) {
		return false
	}
	between := s.text[end:s.keys[s.keysBefore(end)].start]
	for _, marker := range [...]string{" is ", " was ", " as ", "(", "=", "가 ", "이 ", "은 ", "는 ", "が", "は"} {
		if strings.Contains(between, marker) {
			return true
		}
	}
	return false
}

// near reports whether a word of want stands within the bytes before start or after end, whatever else stands there.
func (s *scan) near(start, end, before, after int, want cue) bool {
	first := s.keysBefore(start)
	for i := first - 1; i >= 0 && start-int(s.keys[i].end) <= before; i-- {
		if s.keys[i].cue&want != 0 {
			return true
		}
	}
	for i := first; i < len(s.keys) && int(s.keys[i].start)-end <= after; i++ {
		if int(s.keys[i].start) >= end && s.keys[i].cue&want != 0 {
			return true
		}
	}
	return false
}

// keysBefore counts the context words that end at or before byte pos.
func (s *scan) keysBefore(pos int) int {
	return sort.Search(len(s.keys), func(i int) bool { return int(s.keys[i].end) > pos })
}

// numberBetween reports whether a token that holds a digit begins in bytes [from, to).
func (s *scan) numberBetween(from, to int) bool {
	i := sort.Search(len(s.numbers), func(i int) bool { return int(s.tokens[s.numbers[i]].start) >= from })
	return i < len(s.numbers) && int(s.tokens[s.numbers[i]].start) < to
}
