package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

// folder is an audit folder with several segments and digests.
type folder struct {
	dir   string
	key   *digest.Key
	files map[string][]byte // as they were written
	lines []place
}

// place is a record's.
type place struct {
	file     string
	line     int // from 1
	sequence uint64
}

// build writes n records in hours of each and signs a digest after every hour but the last.
func build(t testing.TB, n, each int) *folder {
	t.Helper()
	dir := t.TempDir()
	key, err := digest.OpenKey(context.Background(), dir, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var clock atomic.Int64
	clock.Store(time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC).Unix())
	j, err := journal.Open(journal.Config{
		Dir: dir, Key: key, SyncEvery: time.Millisecond, Now: func() time.Time { return time.Unix(clock.Load(), 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := j.Append(journal.Written, fmt.Appendf(nil, `{"eventTime":"2026-01-02T03:00:00Z","n":%d,"text":%q}`, i, strings.Repeat("x", i%50))); err != nil {
			t.Fatal(err)
		}
		if i%each != each-1 || i == n-1 {
			continue
		}
		before, _ := digest.Names(dir)
		clock.Add(3600)
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) { // the journal's own clock is ticking
			if names, _ := digest.Names(dir); len(names) > len(before) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("no digest")
			}
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	f := &folder{dir: dir, key: key, files: map[string][]byte{}}
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		f.files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		if !strings.HasPrefix(name, "segment-") {
			continue
		}
		for i, line := range bytes.SplitAfter(f.files[name], []byte("\n")) {
			if frame, err := journal.ParseFrame(line); err == nil {
				f.lines = append(f.lines, place{name, i + 1, frame.Sequence})
			}
		}
	}
	if len(f.lines) != n {
		t.Fatalf("%d lines, want %d", len(f.lines), n)
	}
	return f
}

func (f *folder) write(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f *folder) verify(t testing.TB) Report {
	t.Helper()
	r, err := Folder(context.Background(), f.dir, f.key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// split gives the lines of a segment, which may be changed.
func (f *folder) split(name string) [][]byte {
	lines := bytes.SplitAfter(bytes.Clone(f.files[name]), []byte("\n"))
	return lines[:len(lines)-1]
}

func TestUntouched(t *testing.T) {
	t.Parallel()
	f := build(t, 300, 100)
	r := f.verify(t)
	if len(r.Findings) != 0 || r.Records != 300 || r.Segments != 3 || r.Digests != 2 || r.Last != 300 || r.Signed != 300 {
		t.Errorf("%+v", r)
	}
	text, err := os.ReadFile(filepath.Join(f.dir, digest.PublicKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	key, err := digest.ParsePublicKey(text)
	if err != nil || !key.Equal(f.key.Verifier()) {
		t.Errorf("public key: %v", err)
	}
}

// tampering changes the folder at a place and says where it must be found.
type tampering struct {
	name string
	do   func(f *folder, r *rand.Rand, at place) (content []byte, sequences []uint64)
}

func tamperings() []tampering {
	forge := func(line []byte, r *rand.Rand, at place) []byte {
		return bytes.Replace(line, []byte(`"n":`), fmt.Appendf(nil, `"n":%d`, 1+r.IntN(9)), 1)
	}
	return []tampering{
		{"byte", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			line := lines[at.line-1]
			for i, old := r.IntN(len(line)), byte(0); ; {
				if old, line[i] = line[i], byte(r.IntN(256)); line[i] != old {
					return bytes.Join(lines, nil), []uint64{at.sequence}
				}
			}
		}},
		{"bit", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			line := lines[at.line-1]
			line[r.IntN(len(line))] ^= 1 << r.IntN(8)
			return bytes.Join(lines, nil), []uint64{at.sequence}
		}},
		{"content", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			lines[at.line-1] = forge(lines[at.line-1], r, at)
			return bytes.Join(lines, nil), []uint64{at.sequence}
		}},
		{"missing", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			return bytes.Join(slices.Delete(lines, at.line-1, at.line), nil), []uint64{at.sequence}
		}},
		{"several missing", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			n := min(1+r.IntN(20), len(lines)-at.line+1)
			return bytes.Join(slices.Delete(lines, at.line-1, at.line-1+n), nil), []uint64{at.sequence, at.sequence + uint64(n) - 1}
		}},
		{"doubled", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			to := r.IntN(len(lines) + 1)
			return bytes.Join(slices.Insert(lines, to, lines[at.line-1]), nil), []uint64{at.sequence}
		}},
		{"swapped", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			other := at.line % len(lines)
			lines[at.line-1], lines[other] = lines[other], lines[at.line-1]
			return bytes.Join(lines, nil), []uint64{at.sequence - uint64(at.line-1) + uint64(min(at.line-1, other))}
		}},
		{"truncated", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			lines := f.split(at.file)
			line := lines[at.line-1]
			content := append(bytes.Join(lines[:at.line-1], nil), line[:r.IntN(len(line))]...)
			return content, []uint64{at.sequence}
		}},
		{"rewritten to the end of the segment", func(f *folder, r *rand.Rand, at place) ([]byte, []uint64) {
			return rechain(f, r, at), []uint64{at.sequence}
		}},
	}
}

// rechain changes one record and computes every chain behind it in the segment again.
func rechain(f *folder, r *rand.Rand, at place) []byte {
	lines := f.split(at.file)
	var out []byte
	point := journal.Point{}
	for i, line := range lines {
		frame, _ := journal.ParseFrame(line)
		if i+1 < at.line {
			out, point = append(out, line...), journal.Point{Sequence: frame.Sequence, Chain: frame.Chain}
			continue
		}
		record := frame.Record
		if i+1 == at.line {
			record = bytes.Replace(record, []byte(`"n":`), fmt.Appendf(nil, `"n":%d`, 1+r.IntN(9)), 1)
			if i == 0 {
				point = journal.Point{Sequence: frame.Sequence - 1} // a stranger guesses what was before
			}
		}
		point = point.Next(len(record), journal.Leaf(record))
		out = fmt.Appendf(out, "{\"sequence\":%d,\"length\":%d,\"record\":%s,\"chain\":\"%s\"}\n", point.Sequence, len(record), record, point.Chain)
	}
	return out
}

// TestTamperings: 2,000 random changes of single segments, every one found at its place.
func TestTamperings(t *testing.T) {
	t.Parallel()
	total := 2000
	if testing.Short() {
		total = 200
	}
	f := build(t, 400, 90)
	r := rand.New(rand.NewPCG(1, 2))
	kinds := tamperings()
	located := map[string]int{}
	for i := range total {
		k := kinds[i%len(kinds)]
		at := f.lines[r.IntN(len(f.lines))]
		content, sequences := k.do(f, r, at)
		f.write(t, at.file, content)
		report := f.verify(t)
		if !found(report, sequences) {
			t.Fatalf("tampering %d, %s at %+v (%v): found %v", i, k.name, at, sequences, report.Findings)
		}
		located[k.name]++
		f.write(t, at.file, f.files[at.file])
	}
	sum := 0
	for name, n := range located {
		sum += n
		t.Logf("%-40s %d located", name, n)
	}
	if sum != total {
		t.Errorf("%d of %d located", sum, total)
	}
	if r := f.verify(t); len(r.Findings) != 0 {
		t.Errorf("after all was put back: %v", r.Findings)
	}
}

// found reports whether the findings name each of the records, by itself or among fewer than a hundred.
func found(r Report, sequences []uint64) bool {
	for _, s := range sequences {
		if !slices.ContainsFunc(r.Findings, func(f Finding) bool {
			return f.First > 0 && f.First <= s && s <= f.Last && f.Last-f.First < 100
		}) {
			return false
		}
	}
	return true
}

// TestFiles: changes of whole files are found as well.
func TestFiles(t *testing.T) {
	t.Parallel()
	f := build(t, 350, 100)
	names, err := digest.Names(f.dir)
	if err != nil || len(names) != 3 {
		t.Fatalf("digests %v, %v", names, err)
	}
	digestPath := func(i int) string { return filepath.Join(digest.Folder, names[i]) }
	segments, err := journal.Segments(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	other := build(t, 350, 100)
	for _, c := range []struct {
		name, want string
		do         func()
	}{
		{"segment removed", "missing: " + segments[2].Name + ", records 101 to 200", func() { os.Remove(filepath.Join(f.dir, segments[1].Name)) }},
		{"first segment removed", "records 1 to 100", func() { os.Remove(filepath.Join(f.dir, segments[0].Name)) }},
		{"last segment removed", "truncated: " + segments[2].Name + ", records 301 to 350", func() { os.Remove(filepath.Join(f.dir, segments[3].Name)) }},
		{"segment emptied", "records 101 to 200", func() { f.write(t, segments[1].Name, nil) }},
		{"segment copied", "doubled", func() { f.write(t, "segment-00000000000000000150.jsonl", f.files[segments[1].Name]) }},
		{"end cut off", "records 350", func() {
			l := f.split(segments[3].Name)
			f.write(t, segments[3].Name, bytes.Join(l[:len(l)-1], nil))
		}},
		{"digest removed", names[2] + ": it does not follow " + names[0], func() { os.Remove(filepath.Join(f.dir, digestPath(1))) }},
		{"first digest removed", names[1] + ": the digests before it are missing", func() { os.Remove(filepath.Join(f.dir, digestPath(0))) }},
		{"last digest removed", names[2] + ": the signed head knows this digest", func() { os.Remove(filepath.Join(f.dir, digestPath(2))) }},
		{"digest changed", names[1] + ": the signature does not match", func() {
			f.write(t, digestPath(1), bytes.Replace(f.files[digestPath(1)], []byte(`"firstSequence":101`), []byte(`"firstSequence":102`), 1))
		}},
		{"digest of another journal", names[1] + ": the signature does not match", func() {
			sig := strings.TrimSuffix(digestPath(1), ".json") + ".sig"
			f.write(t, digestPath(1), other.files[digestPath(1)])
			f.write(t, sig, other.files[sig])
		}},
		{"signature changed", names[0] + ": the signature does not match", func() {
			f.write(t, strings.TrimSuffix(digestPath(0), ".json")+".sig", []byte("00"))
		}},
		{"head removed", "head: head.json: the signed head of the audit journal is missing", func() { os.Remove(filepath.Join(f.dir, digest.HeadFile)) }},
		{"head changed", "head: head.json", func() {
			f.write(t, digest.HeadFile, bytes.Replace(f.files[digest.HeadFile], []byte(`"sequence":350`), []byte(`"sequence":349`), 1))
		}},
		{"head of another journal", "head: head.json", func() { f.write(t, digest.HeadFile, other.files[digest.HeadFile]) }},
		{"all of another journal", "signature does not match", func() {
			for name, content := range other.files {
				f.write(t, name, content)
			}
		}},
	} {
		c.do()
		r := f.verify(t)
		if !slices.ContainsFunc(r.Findings, func(x Finding) bool {
			return strings.Contains(x.String(), strings.Replace(c.want, "records 350", "record 350", 1))
		}) {
			t.Errorf("%s: %v, want %q", c.name, r.Findings, c.want)
		}
		os.Remove(filepath.Join(f.dir, "segment-00000000000000000150.jsonl"))
		for name, content := range f.files {
			f.write(t, name, content)
		}
	}
	if r := f.verify(t); len(r.Findings) != 0 {
		t.Errorf("after all was put back: %v", r.Findings)
	}
}

// TestRewritten: who computes every chain behind a change again is betrayed by the signatures, and the place is told to the next mark.
func TestRewritten(t *testing.T) {
	t.Parallel()
	f := build(t, 5000, 4000)
	r := rand.New(rand.NewPCG(3, 4))
	segments, err := journal.Segments(f.dir)
	if err != nil || len(segments) != 2 {
		t.Fatalf("segments %v, %v", segments, err)
	}
	for _, at := range []place{f.lines[0], f.lines[1], f.lines[1500], f.lines[3999], f.lines[4000], f.lines[4600]} {
		content := rechain(f, r, at)
		f.write(t, at.file, content)
		if at.file == segments[0].Name { // go on into the open segment
			last, err := journal.ParseFrame(content[bytes.LastIndexByte(content[:len(content)-1], '\n')+1:])
			if err != nil {
				t.Fatal(err)
			}
			point, out := journal.Point{Sequence: last.Sequence, Chain: last.Chain}, []byte(nil)
			for _, line := range f.split(segments[1].Name) {
				frame, _ := journal.ParseFrame(line)
				point = point.Next(len(frame.Record), journal.Leaf(frame.Record))
				out = fmt.Appendf(out, "{\"sequence\":%d,\"length\":%d,\"record\":%s,\"chain\":\"%s\"}\n", point.Sequence, len(frame.Record), frame.Record, point.Chain)
			}
			f.write(t, segments[1].Name, out)
		}
		report := f.verify(t)
		if !slices.ContainsFunc(report.Findings, func(x Finding) bool {
			return x.Kind == Changed && x.First <= at.sequence && at.sequence <= x.Last && x.Last-x.First <= digest.MarkEvery
		}) {
			t.Errorf("record %d: %v", at.sequence, report.Findings)
		}
		for _, s := range segments {
			f.write(t, s.Name, f.files[s.Name])
		}
	}
}

// TestDigestForm: a digest has the members that `aws cloudtrail validate-logs` reads, and its signature is made as CloudTrail makes it.
func TestDigestForm(t *testing.T) {
	t.Parallel()
	f := build(t, 20, 10)
	for name, content := range f.files {
		if !strings.HasPrefix(filepath.Base(name), "digest-") || !strings.HasSuffix(name, ".json") {
			continue
		}
		var members map[string]any
		if err := json.Unmarshal(content, &members); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"awsAccountId", "digestStartTime", "digestEndTime", "digestS3Bucket", "digestS3Object", "digestPublicKeyFingerprint",
			"digestSignatureAlgorithm", "newestEventTime", "oldestEventTime", "previousDigestS3Bucket", "previousDigestS3Object",
			"previousDigestHashValue", "previousDigestHashAlgorithm", "previousDigestSignature", "logFiles",
		} {
			if _, ok := members[want]; !ok {
				t.Errorf("a digest lacks %s", want)
			}
		}
		return
	}
	t.Error("no digest")
}

// TestTorn: what a crash leaves beyond the head is told and is no tampering.
func TestTorn(t *testing.T) {
	t.Parallel()
	f := build(t, 10, 100)
	name := f.lines[0].file
	line := bytes.Replace(f.split(name)[9], []byte(`"sequence":10`), []byte(`"sequence":11`), 1)
	for n := 1; n < len(line); n += 9 {
		f.write(t, name, append(bytes.Clone(f.files[name]), line[:n]...))
		if r := f.verify(t); len(r.Findings) != 0 || r.Torn == nil || r.Torn.Line != 11 {
			t.Errorf("%d bytes: %+v", n, r)
		}
	}
}
