package pii

import (
	"context"
	"slices"
	"sort"
	"strings"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

// Sighting is bytes [Start, End) of a document's Clean view that a model takes for a value of a type.
type Sighting struct {
	Start, End int
	Type       Type
	Score      float64 // probability in (0, 1) that the span is right
}

// Reader sees values of the learned types: those that have no format of their own and want to be understood.
type Reader interface {
	// Read gives a document's sightings in text order, of which no two overlap. It is called concurrently.
	Read(ctx context.Context, d *text.Document) ([]Sighting, error)
}

// learned are the types that a Reader sees.
var learned = [...]Type{Name, Address, Username, Password, Age}

// NewWithReader makes a detector of types, as New does, that asks r too if one of types is learned. A text that r cannot read is then
// an error: what a filter needs and did not get is never taken for nothing found.
func NewWithReader(r Reader, types ...Type) (*Detector, error) {
	d, err := New(types...)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.New(fault.Internal, "a detector with a reader needs one")
	}
	for _, t := range learned {
		if d.enabled[t.rank()] {
			d.reader = r
		}
	}
	return d, nil
}

// settle puts a reader's sightings among the patterns' findings. Of a sighting and a finding of a learned type that overlap one stays: the
// longer one where their types differ; of the same type, the finding where patterns draw the border better, else the sighting.
func (s *scan) settle(seen []Sighting) {
	own := s.bordered(seen)
	lost := make([]bool, len(own))
	s.found = slices.DeleteFunc(s.found, func(f found) bool {
		if !isLearned(ranks[f.rank]) {
			return false
		}
		first := sort.Search(len(own), func(i int) bool { return own[i].End > f.start })
		last := first
		for ; last < len(own) && own[last].Start < f.end; last++ {
			if !lost[last] && !s.outweighs(f, own[last]) {
				return true
			}
		}
		for i := first; i < last; i++ {
			lost[i] = true
		}
		return false
	})
	for i, v := range own {
		if !lost[i] {
			s.found = append(s.found, found{start: v.Start, end: v.End, rank: v.Type.rank(), score: v.Score})
		}
	}
}

// bordered gives sightings the borders of the text. Those that then overlap an earlier one are left out.
func (s *scan) bordered(seen []Sighting) []Sighting {
	own := make([]Sighting, 0, len(seen))
	for _, v := range seen {
		v = s.border(v)
		parts := []Sighting{v}
		if v.Type == Address && s.hangul(v.Start, v.End) {
			parts = s.koreanAddresses(v)
		}
		for _, v := range parts {
			if len(own) == 0 || v.Start >= own[len(own)-1].End {
				own = append(own, v)
			}
		}
	}
	return own
}

// outweighs reports whether a pattern's finding is to be kept against a sighting that it overlaps.
func (s *scan) outweighs(f found, v Sighting) bool {
	switch t := ranks[f.rank]; {
	case t == Password && v.Type == Username: // the word before it says what it is
		return f.end-f.start >= v.End-v.Start
	case t != v.Type:
		return f.end-f.start > v.End-v.Start
	case t == Address: // a pattern stops where an address goes on with a building or a bracket; it adds floors that the model leaves out
		return f.end-f.start >= v.End-v.Start && s.hangul(f.start, f.end)
	case t == Name || t == Age:
		return s.hangul(f.start, f.end)
	default:
		return true
	}
}

// hangul reports whether bytes [start, end) have a syllable of Hangul.
func (s *scan) hangul(start, end int) bool {
	return strings.ContainsFunc(s.text[start:end], func(r rune) bool { return r >= firstSyllable && r <= lastSyllable })
}

func isLearned(t Type) bool { return slices.Contains(learned[:], t) }
