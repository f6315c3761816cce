package verify

import (
	"fmt"
	"path"
	"path/filepath"

	"merlon.dev/merlon/internal/audit/digest"
)

// digests checks the chain of digests, and the segments against what they list.
func (r *run) digests() error {
	names, err := digest.Names(r.dir)
	if err != nil {
		return err
	}
	var previous *digest.Signed
	trusted := r.head.Digest == ""
	for _, name := range names {
		d, err := digest.Read(r.dir, name)
		if err != nil {
			r.bad(name, err.Error())
			previous = nil
			continue
		}
		r.report.Digests++
		trusted = trusted || name == r.head.Digest && d.Hash == r.head.DigestHash
		switch {
		case !d.Check(r.key):
			r.bad(name, "the signature does not match")
			previous = nil
			continue
		case path.Base(d.Object) != name:
			r.bad(name, "it was signed under the name "+filepath.Base(d.Object))
		case previous == nil && d.PreviousHash != nil && r.report.Digests == 1:
			r.bad(name, "the digests before it are missing")
		case previous != nil && (d.PreviousHash == nil || *d.PreviousHash != previous.Hash || *d.PreviousSignature != previous.Signature):
			r.bad(name, "it does not follow "+previous.Name+": a digest between them is missing")
		}
		r.listed(d)
		previous = &d
	}
	if !trusted {
		r.bad(r.head.Digest, "the signed head knows this digest, and it is missing or another one")
	}
	return nil
}

func (r *run) bad(name, detail string) {
	r.add(Finding{Kind: BadDigest, File: name, Detail: detail})
}

// listed checks the segments of a digest whose signature is right.
func (r *run) listed(d digest.Signed) {
	byName := map[string]*segment{}
	for _, s := range r.segments {
		byName[s.file.Name] = s
	}
	for i, file := range d.Files {
		row, s := d.Segments[i], byName[file.Object]
		switch {
		case s == nil:
			if !r.known(Missing, row.First, row.Last) {
				r.add(Finding{Missing, file.Object, 0, row.First, row.Last, "the segment is missing; " + d.Name + " lists it"})
			}
			continue
		case s.hash == file.Hash:
		case s.last.Sequence < row.Last && len(s.findings) == 0:
			if !r.known(Missing, s.last.Sequence+1, row.Last) {
				r.add(Finding{Truncated, file.Object, 0, s.last.Sequence + 1, row.Last, "missing at the end of the segment; " + d.Name + " lists them"})
			}
		case len(s.findings) == 0 && !r.rewritten(s):
			r.rewrittenIn(s, row, d.Name)
		}
		s.listed = true
	}
}

// known reports whether a finding of the kind already covers the records.
func (r *run) known(kind Kind, first, last uint64) bool {
	for _, f := range r.report.Findings {
		if f.Kind == kind && f.First <= first && f.Last >= last {
			return true
		}
	}
	return false
}

// rewrittenIn locates a change in a segment whose chain is whole and is not the one that was signed.
func (r *run) rewrittenIn(s *segment, row digest.Segment, name string) {
	first, last := row.First, row.Last
	for i, mark := range row.Marks {
		at := (row.First+digest.MarkEvery-1)/digest.MarkEvery*digest.MarkEvery + uint64(i)*digest.MarkEvery
		if i >= len(s.marks) || s.marks[i] != mark {
			last = at
			break
		}
		first = at + 1
	}
	r.add(Finding{Changed, s.file.Name, 0, first, last, fmt.Sprintf("the chain was rewritten from here on: %s lists another one", name)})
}
