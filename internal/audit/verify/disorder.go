package verify

import (
	"cmp"
	"slices"

	"merlon.dev/merlon/internal/audit/journal"
)

// place gives rows whose sequence cannot be right, since it was changed or cannot be read, the one of their place.
func (s *scanner) place(out *segment) {
	for i := range s.rows {
		w := &s.rows[i]
		before := journal.Point{Sequence: out.file.First - 1}
		known := false
		if i > 0 {
			before, known = journal.Point{Sequence: s.rows[i-1].sequence, Chain: s.rows[i-1].chain}, s.rows[i-1].hasChain
		}
		switch {
		case w.bad:
			if s.fits(i, before.Sequence+1) || w.sequence == 0 {
				w.sequence = before.Sequence + 1
			}
			s.locate(out, w)
		case w.sequence == before.Sequence+1:
		case known && before.Next(w.length, w.leaf).Chain == w.chain, i > 0 && s.fits(i, before.Sequence+1):
			// Everything but the number itself says that it stands where it belongs.
			w.sequence, w.bad = before.Sequence+1, true
			out.findings = append(out.findings, Finding{Changed, out.file.Name, w.line, w.sequence, w.sequence, "its sequence number was changed"})
		}
	}
}

// fits reports whether the row behind i goes on from the given sequence.
func (s *scanner) fits(i int, sequence uint64) bool {
	return i+1 < len(s.rows) && s.rows[i].hasChain && s.rows[i+1].sequence == sequence+1 &&
		s.rows[i+1].follows(journal.Point{Sequence: sequence, Chain: s.rows[i].chain})
}

// locate puts the sequence into the finding of a broken line.
func (s *scanner) locate(out *segment, w *row) {
	for i := range out.findings {
		if f := &out.findings[i]; f.Line == w.line {
			f.First, f.Last = w.sequence, w.sequence
		}
	}
}

// order finds what stands twice, in the wrong place or nowhere.
func (s *scanner) order(out *segment) {
	s.seen = make(map[uint64]int, len(s.rows))
	highest, lowest := uint64(0), out.file.First
	for i := range s.rows {
		w := &s.rows[i]
		first, again := s.seen[w.sequence]
		switch {
		case again && s.rows[first].bad && !w.bad: // part of a broken line took the number for its own
			s.seen[w.sequence] = i
		case again && w.bad:
		case again && w.chain == s.rows[first].chain && w.leaf == s.rows[first].leaf:
			out.findings = append(out.findings, Finding{Doubled, out.file.Name, w.line, w.sequence, w.sequence, "it stands twice"})
			w.bad = true
		case again:
			out.findings = append(out.findings, Finding{Doubled, out.file.Name, w.line, w.sequence, w.sequence, "another record has its number"})
			w.bad = true
		case w.sequence < highest:
			out.findings = append(out.findings, Finding{Reordered, out.file.Name, w.line, w.sequence, w.sequence, "it stands behind a later record"})
			s.seen[w.sequence] = i
		default:
			s.seen[w.sequence] = i
			highest = w.sequence
		}
	}
	// From the name of the file to the highest number that is there; the link between segments and the head tell of the rest.
	present := make([]uint64, 0, len(s.seen))
	for sequence := range s.seen {
		present = append(present, sequence)
	}
	slices.Sort(present)
	expected := lowest
	for _, sequence := range present {
		if sequence > expected {
			i := s.seen[sequence]
			out.findings = append(out.findings, Finding{Missing, out.file.Name, s.rows[i].line, expected, sequence - 1, "missing before this line"})
		}
		expected = sequence + 1
	}
}

// check holds every row against the one that it follows by number.
func (s *scanner) check(out *segment) {
	for i := range s.rows {
		w := &s.rows[i]
		before, ok := s.seen[w.sequence-1]
		if w.bad || !ok || !s.rows[before].hasChain {
			continue
		}
		b := &s.rows[before]
		if w.follows(journal.Point{Sequence: b.sequence, Chain: b.chain}) {
			continue
		}
		// Perhaps only the chain that the row before states was changed.
		if earlier, ok := s.seen[b.sequence-1]; ok && b.bad {
			at := journal.Point{Sequence: s.rows[earlier].sequence, Chain: s.rows[earlier].chain}
			if w.follows(at.Next(b.length, b.leaf)) {
				continue
			}
		}
		w.bad = true
		out.findings = append(out.findings, Finding{Changed, out.file.Name, w.line, w.sequence, w.sequence, "it is not as it was written"})
	}
	slices.SortStableFunc(out.findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
}
