package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"strconv"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

// row is what is kept of a line.
type row struct {
	sequence uint64 // as the line says, or as its place says where the line cannot be right
	length   int
	line     int
	leaf     journal.Hash
	chain    journal.Hash
	hasChain bool // chain could be read
	bad      bool // it is reported
}

// follows reports whether the row stands behind at.
func (w *row) follows(at journal.Point) bool {
	return at.Next(w.length, w.leaf) == journal.Point{Sequence: w.sequence, Chain: w.chain}
}

// segment is what is kept of a file.
type segment struct {
	file     journal.Segment
	records  int
	first    row           // where there are records
	last     journal.Point // the highest sequence
	hash     string
	marks    []string
	atHead   *journal.Hash // the chain at the head, where that is in this segment
	listed   bool          // by a digest
	findings []Finding
}

// scanner reads segments one after the other and uses its memory again.
type scanner struct {
	head uint64
	sum  hash.Hash
	rows []row
	seen map[uint64]int // sequence -> row
}

func newScanner(head uint64) *scanner { return &scanner{head: head, sum: sha256.New()} }

// scan reads a segment, hashes it and checks everything that can be told without another one.
func (s *scanner) scan(path string, file journal.Segment) (*segment, error) {
	reader, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	s.sum.Reset()
	s.rows = s.rows[:0]
	out := &segment{file: file}
	source := io.TeeReader(reader, s.sum)
	if err := journal.Lines(source, func(l journal.Line) error {
		s.rows = append(s.rows, s.parse(out, l))
		return nil
	}); err != nil {
		return nil, err
	}
	out.hash = hex.EncodeToString(s.sum.Sum(nil))
	if out.records = len(s.rows); out.records == 0 {
		return out, nil
	}
	if s.straight(out) {
		return out, nil
	}
	s.place(out)
	s.order(out)
	s.check(out)
	out.first = s.rows[0]
	s.finish(out)
	return out, nil
}

// straight is the way of a segment that nobody touched, without a map of its rows.
func (s *scanner) straight(out *segment) bool {
	if len(out.findings) > 0 || s.rows[0].sequence != out.file.First {
		return false
	}
	for i := 1; i < len(s.rows); i++ {
		if !s.rows[i].follows(journal.Point{Sequence: s.rows[i-1].sequence, Chain: s.rows[i-1].chain}) {
			return false
		}
	}
	out.first = s.rows[0]
	s.finish(out)
	return true
}

// parse reads a line. Of a broken one it keeps what can be read, so that its neighbours can still be checked.
func (s *scanner) parse(out *segment, l journal.Line) row {
	frame, err := journal.ParseFrame(l.Bytes)
	if err == nil {
		return row{frame.Sequence, len(frame.Record), l.Number, journal.Leaf(frame.Record), frame.Chain, true, false}
	}
	w := row{line: l.Number, bad: true}
	if i := bytes.LastIndex(l.Bytes, []byte(`,"chain":"`)); i >= 0 {
		text := l.Bytes[i+len(`,"chain":"`):]
		w.chain, w.hasChain = journal.ParseHash(string(text[:min(len(text), 2*sha256.Size)]))
	}
	if rest, ok := bytes.CutPrefix(l.Bytes, []byte(`{"sequence":`)); ok {
		digits, _, _ := bytes.Cut(rest, []byte(","))
		w.sequence, _ = strconv.ParseUint(string(digits), 10, 63)
	}
	kind, detail := Changed, "not a line of the journal"
	if !bytes.HasSuffix(l.Bytes, []byte("\n")) {
		kind, detail, w.hasChain = Truncated, "the line has no end", false
	}
	out.findings = append(out.findings, Finding{Kind: kind, File: out.file.Name, Line: l.Number, Detail: detail})
	return w
}

// finish notes what other checks need.
func (s *scanner) finish(out *segment) {
	for i := range s.rows {
		w := &s.rows[i]
		if w.sequence > out.last.Sequence && w.hasChain {
			out.last = journal.Point{Sequence: w.sequence, Chain: w.chain}
		}
		if w.sequence == s.head && w.hasChain {
			out.atHead = &w.chain
		}
		if w.sequence%digest.MarkEvery == 0 && w.hasChain {
			out.marks = append(out.marks, w.chain.String())
		}
	}
}
