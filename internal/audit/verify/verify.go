// Package verify checks an audit folder offline, with nothing but the public key, and says where it was changed.
//
// What vouches for what:
//
//	head, signed       the last sequence and the chain there, once a second
//	digests, signed    SHA-256 and chain of every segment that was closed, hour by hour, and of the digest before
//	chain              every record to the one before it
//
// A change of single records is located exactly, by the chain. Who rewrites a record and everything behind it makes a chain that is whole:
// then the signatures betray it, and the place is told as the records between the last mark or head that fits and the first that does
// not. What nobody signed yet, the records of the last second before a crash, stands on the chain alone. And nobody can tell offline
// that a whole folder was put back to an earlier state: compare the sequence that a report ends with to one noted elsewhere.
package verify

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

// Kind says what happened to a record, a digest or the head.
type Kind string

// The kinds.
const (
	Changed   Kind = "changed"
	Missing   Kind = "missing"
	Doubled   Kind = "doubled"
	Reordered Kind = "reordered"
	Truncated Kind = "truncated"
	BadDigest Kind = "digest"
	BadHead   Kind = "head"
)

// Finding is one place that is not as it was written.
type Finding struct {
	Kind Kind
	File string // segment or digest
	Line int    // from 1; 0 where it is no single line
	// First and Last are the sequences of the records that it is about; 0 where it is about none.
	First, Last uint64
	Detail      string
}

// String gives the finding on one line.
func (f Finding) String() string {
	text := string(f.Kind) + ": " + f.File
	if f.Line > 0 {
		text += fmt.Sprintf(" line %d", f.Line)
	}
	switch {
	case f.First > 0 && f.Last > f.First:
		text += fmt.Sprintf(", records %d to %d", f.First, f.Last)
	case f.First > 0:
		text += fmt.Sprintf(", record %d", f.First)
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

// Report is what was seen.
type Report struct {
	Records  int
	Segments int
	Digests  int
	// Last is the sequence of the last record, Signed that of the last one that the head vouches for, Chain the chain there.
	Last, Signed uint64
	Chain        string
	// Torn is the last line where it has no end and the head does not know its record: what a crash leaves of a record that nobody was
	// answered on. Nil where there is none.
	Torn *Finding
	// Findings are in the order of the files; nothing was changed where there are none.
	Findings []Finding
}

// run is one verification.
type run struct {
	dir      string
	key      *rsa.PublicKey
	head     digest.Head
	report   Report
	segments []*segment
}

func (r *run) add(f Finding) { r.report.Findings = append(r.report.Findings, f) }

// Folder checks the audit folder dir. The error is for what kept it from looking; what it saw is in the report. It reads alone, also
// beside a server that writes, whose last records it may then call truncated.
func Folder(ctx context.Context, dir string, key *rsa.PublicKey) (Report, error) {
	r := &run{dir: dir, key: key}
	files, err := journal.Segments(dir)
	if err != nil {
		return Report{}, err
	}
	if r.head, err = digest.ReadHead(dir, key); err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			return Report{}, err
		}
		r.add(Finding{Kind: BadHead, File: digest.HeadFile, Detail: err.Error()})
	}
	if r.segments, err = r.scanAll(ctx, files); err != nil {
		return Report{}, err
	}
	r.link()
	r.torn()
	if err := r.digests(); err != nil {
		return Report{}, err
	}
	r.end()
	return r.report, nil
}

// scanAll reads the segments, as many at a time as there are processors.
func (r *run) scanAll(ctx context.Context, files []journal.Segment) ([]*segment, error) {
	segments, problems := make([]*segment, len(files)), make([]error, len(files))
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wait.Go(func() {
			scanner := newScanner(r.head.Sequence)
			for i := range next {
				segments[i], problems[i] = scanner.scan(filepath.Join(r.dir, files[i].Name), files[i])
			}
		})
	}
	for i := range files {
		select {
		case next <- i:
		case <-ctx.Done():
			problems[i] = ctx.Err()
		}
	}
	close(next)
	wait.Wait()
	return segments, errors.Join(problems...)
}

// link checks what lies between segments.
func (r *run) link() {
	var end journal.Point
	for _, s := range r.segments {
		r.report.Records += s.records
		r.report.Segments++
		switch {
		case s.records == 0:
			if s.file.First != end.Sequence+1 {
				r.gap(s, s.file.First, end)
			}
		case s.first.sequence > end.Sequence+1:
			r.gap(s, s.first.sequence, end)
		case s.first.sequence <= end.Sequence:
			r.add(Finding{Doubled, s.file.Name, 1, s.first.sequence, min(end.Sequence, s.last.Sequence), "records of another segment"})
		case !s.first.follows(end) && !s.first.bad:
			r.add(Finding{Changed, s.file.Name, 1, s.first.sequence, s.first.sequence, "it does not follow the last record of the segment before"})
		}
		r.report.Findings = append(r.report.Findings, s.findings...)
		if s.last.Sequence > end.Sequence {
			end = s.last
		}
	}
	r.report.Last, r.report.Chain = end.Sequence, end.Chain.String()
}

func (r *run) gap(s *segment, first uint64, end journal.Point) {
	if first > end.Sequence+1 {
		r.add(Finding{Missing, s.file.Name, 0, end.Sequence + 1, first - 1, "they are missing before this segment"})
	}
}

// torn takes the rest of a record that was being written, at the very end and beyond the head, out of the findings.
func (r *run) torn() {
	n := len(r.report.Findings)
	if n == 0 {
		return
	}
	last := r.report.Findings[n-1]
	if last.Kind == Truncated && last.Line > 0 && last.File == r.segments[len(r.segments)-1].file.Name && last.First > r.head.Sequence {
		r.report.Torn, r.report.Findings = &last, r.report.Findings[:n-1]
	}
}

// end checks the end of the journal against the head.
func (r *run) end() {
	known := r.head.Sequence
	if known == 0 {
		return
	}
	r.report.Signed = known
	if r.report.Last < known {
		name := "the journal"
		if n := len(r.segments); n > 0 {
			name = r.segments[n-1].file.Name
		}
		r.add(Finding{Truncated, name, 0, r.report.Last + 1, known, "the signed head knows these records, and they are missing at the end"})
		return
	}
	for _, s := range r.segments {
		if s.atHead != nil && s.atHead.String() != r.head.Chain && len(s.findings) == 0 && !r.rewritten(s) {
			r.add(Finding{Changed, s.file.Name, 0, r.digested() + 1, known, "the chain was rewritten: the signed head does not fit"})
		}
	}
}

// rewritten reports whether a finding in an earlier place explains what is wrong in s.
func (r *run) rewritten(s *segment) bool {
	for _, f := range r.report.Findings {
		if f.Kind == Changed && f.First > 0 && f.First <= s.last.Sequence {
			return true
		}
	}
	return false
}

// digested gives the last sequence that a digest lists.
func (r *run) digested() (last uint64) {
	for _, s := range r.segments {
		if s.listed {
			last = max(last, s.last.Sequence)
		}
	}
	return last
}

// PublicKey reads the public key that lies in an audit folder. Who can replace the folder can replace it: it says nothing about them.
func PublicKey(dir string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, digest.PublicKeyFile))
	if err != nil {
		return nil, err
	}
	return digest.ParsePublicKey(text)
}
