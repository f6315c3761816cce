package sample

import (
	"bytes"
	"strings"
)

// Stop finds stop sequences in a text that comes in pieces, wherever it is cut. It belongs to one goroutine. The zero Stop lets all text pass.
type Stop struct {
	sequences []string
	held      []byte // the end of the text, as far as a stop sequence may begin there
}

// NewStop looks for sequences; empty ones are left out.
func NewStop(sequences []string) *Stop {
	s := &Stop{}
	for _, q := range sequences {
		if q != "" {
			s.sequences = append(s.sequences, q)
		}
	}
	return s
}

// Add takes the next piece and gives what can be shown: all text before a stop sequence, and never a part of one that may still come. found is the
// sequence that ended the text, "" for none: the one that is complete first, the longest of those. Nothing is added after one was found.
func (s *Stop) Add(piece string) (show, found string) {
	old := len(s.held)
	s.held = append(s.held, piece...)
	for end := old + 1; end <= len(s.held); end++ {
		for _, q := range s.sequences {
			if len(q) > len(found) && bytes.HasSuffix(s.held[:end], []byte(q)) {
				found = q
			}
		}
		if found != "" {
			return string(s.held[:end-len(found)]), found
		}
	}
	keep := 0
	for _, q := range s.sequences {
		for n := min(len(q)-1, len(s.held)); n > keep; n-- {
			if strings.HasPrefix(q, string(s.held[len(s.held)-n:])) {
				keep = n
			}
		}
	}
	show = string(s.held[:len(s.held)-keep])
	s.held = append(s.held[:0], s.held[len(s.held)-keep:]...)
	return show, ""
}

// Rest is the text that was held back when no more comes.
func (s *Stop) Rest() string {
	rest := string(s.held)
	s.held = s.held[:0]
	return rest
}
