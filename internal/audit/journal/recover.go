package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/audit/digest"
)

// recovered is where a journal goes on.
type recovered struct {
	head    digest.Head
	segment Segment // the last one
	start   Point   // before it
	size    int64
	end     Point
}

// recoverEnd checks the journal from the last place that the signed head vouches for, and cuts a torn record off its end.
func recoverEnd(c Config) (recovered, error) {
	head, err := digest.ReadHead(c.Dir, c.Key.Verifier())
	missing := errors.Is(err, digest.ErrNoHead)
	if err != nil && !missing {
		return recovered{}, err
	}
	segments, err := Segments(c.Dir)
	if err != nil {
		return recovered{}, err
	}
	chain, ok := Hash{}, head.Chain == "" || head.Sequence == 0
	if !ok {
		if chain, ok = ParseHash(head.Chain); !ok {
			return recovered{}, errors.New("head of the audit journal: its chain is not a hash")
		}
	}
	s := scan{config: c, known: Point{head.Sequence, chain}}
	if len(segments) == 0 {
		if head.Sequence > 0 {
			return recovered{}, fmt.Errorf("%w: all segments are missing, and the signed head knows %d records", errChanged, head.Sequence)
		}
		segments = []Segment{{segmentName(1), 1}}
		file, err := os.OpenFile(filepath.Join(c.Dir, segments[0].Name), os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return recovered{}, err
		}
		return recovered{head: head, segment: segments[0]}, file.Close()
	}
	first := len(segments) - 1
	for first > 0 && segments[first].First > head.Sequence+1 {
		first--
	}
	if s.at, err = startOf(c, segments, first, s.known); err != nil {
		return recovered{}, err
	}
	for i := first; i < len(segments); i++ {
		s.start = s.at
		if err := s.segment(segments[i], i == len(segments)-1); err != nil {
			return recovered{}, fmt.Errorf("audit journal: %w (hint: merlon verify finds every place that was changed)", err)
		}
	}
	switch {
	case missing && s.at.Sequence > 0:
		return recovered{}, digest.ErrNoHead
	case s.at.Sequence < head.Sequence:
		return recovered{}, fmt.Errorf("%w: records %d to %d, which the signed head knows, are missing at its end", errChanged, s.at.Sequence+1, head.Sequence)
	}
	return recovered{head, segments[len(segments)-1], s.start, s.size, s.at}, nil
}

// startOf gives the point before segment i.
func startOf(c Config, segments []Segment, i int, known Point) (Point, error) {
	switch {
	case segments[i].First == known.Sequence+1:
		return known, nil
	case i == 0:
		return Point{}, nil
	}
	before, err := lastPoint(filepath.Join(c.Dir, segments[i-1].Name))
	if err != nil {
		return Point{}, fmt.Errorf("audit journal: the end of %s: %w", segments[i-1].Name, err)
	}
	return before, nil
}

// scan goes through the lines at the end of a journal.
type scan struct {
	config    Config
	known     Point // the head's
	start, at Point
	size      int64
}

func (s *scan) segment(segment Segment, last bool) error {
	if segment.First != s.at.Sequence+1 {
		return fmt.Errorf("%w: records %d to %d are missing before %s", errChanged, s.at.Sequence+1, segment.First-1, segment.Name)
	}
	path := filepath.Join(s.config.Dir, segment.Name)
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	s.size = 0
	err = Lines(file, s.line)
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, errChanged):
		return err
	}
	torn := last && s.at.Sequence >= s.known.Sequence
	tail, readErr := io.ReadAll(io.NewSectionReader(file, s.size, int64(maxBatch+maxLine)))
	if readErr != nil {
		return readErr
	}
	if !torn || len(tail) >= maxBatch+maxLine || bytes.IndexByte(tail, '\n') >= 0 {
		return fmt.Errorf("%s: %w", segment.Name, err)
	}
	return s.cutOff(path, tail)
}

func (s *scan) line(line Line) error {
	frame, err := ParseFrame(line.Bytes)
	if err != nil {
		return fmt.Errorf("%w: line %d: record %d: %w", errChanged, line.Number, s.at.Sequence+1, err)
	}
	next := s.at.Next(len(frame.Record), Leaf(frame.Record))
	if next.Sequence != frame.Sequence || next.Chain != frame.Chain || next.Sequence == s.known.Sequence && next.Chain != s.known.Chain {
		return fmt.Errorf("%w: line %d: record %d is not as it was written", errChanged, line.Number, next.Sequence)
	}
	s.at = next
	s.size += int64(len(line.Bytes))
	return nil
}

// cutOff moves what is left of a record that was being written into a file of its own.
func (s *scan) cutOff(path string, tail []byte) error {
	name := fmt.Sprintf("torn-%0*d-%d.bin", segmentDigits, s.at.Sequence+1, s.config.Now().UnixNano())
	if err := digest.WriteFile(filepath.Join(s.config.Dir, name), tail); err != nil {
		return err
	}
	s.config.Log.Warn("the last audit record was not written to its end: nobody was answered on it", "bytes", len(tail), "kept_in", name, "after_sequence", s.at.Sequence)
	return os.Truncate(path, s.size)
}
