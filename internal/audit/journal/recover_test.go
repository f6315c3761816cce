package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
)

// written makes a journal whose head knows known records and which has all in all total ones, as a kill would leave it.
func written(t *testing.T, known, total int) (dir, segment string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "audit")
	j := open(t, Config{Dir: dir})
	for i := range known {
		if err := j.Append(Written, record(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile(filepath.Join(dir, digest.HeadFile))
	if err != nil {
		t.Fatal(err)
	}
	j = open(t, Config{Dir: dir, SyncEvery: time.Hour})
	for i := known; i < total; i++ {
		if err := j.Append(Written, record(i)); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := j.End()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, digest.HeadFile), head, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, s.Name)
}

// TestTornTail: wherever a kill ends the last record, it is cut off and kept, and no whole record is lost.
func TestTornTail(t *testing.T) {
	t.Parallel()
	dir, segment := written(t, 3, 5)
	content, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	last := len(content) - len(lines[4])
	tries := 0
	for end := last; end < len(content); end += 7 {
		if err := os.WriteFile(segment, content[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := Open(Config{Dir: dir, Key: key(t, dir), SyncEvery: time.Hour})
		if err != nil {
			t.Fatalf("cut at %d: %v", end-last, err)
		}
		if err := j.Append(Durable, record(9)); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if got := read(t, dir); len(got) != 5 || got[3] != string(record(3)) || got[4] != string(record(9)) {
			t.Fatalf("cut at %d: %q", end-last, got)
		}
		kept, _ := filepath.Glob(filepath.Join(dir, "torn-*"))
		if want := min(end-last, 1); len(kept) != want {
			t.Fatalf("cut at %d: kept %v", end-last, kept)
		} else if want == 1 {
			if torn, _ := os.ReadFile(kept[0]); !bytes.Equal(torn, content[last:end]) {
				t.Fatalf("cut at %d: kept %q", end-last, torn)
			}
			os.Remove(kept[0])
		}
		// The head of this try knows five records; go back to the one of three.
		headOf(t, dir, 3, lines)
		tries++
	}
	if tries < 10 {
		t.Errorf("%d tries", tries)
	}
}

// headOf signs a head for the first n lines.
func headOf(t *testing.T, dir string, n int, lines [][]byte) {
	t.Helper()
	f, err := ParseFrame(lines[n-1])
	if err != nil {
		t.Fatal(err)
	}
	if err := digest.WriteHead(dir, key(t, dir), digest.Head{Sequence: f.Sequence, Chain: f.Chain.String()}, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// TestOpenRefuses: a journal that was changed where the head vouches for it, or changed in whole lines, does not open.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		change     func(t *testing.T, dir string, lines [][]byte) [][]byte
	}{
		{"changed", "line 2: record 2 is not as it was written", func(_ *testing.T, _ string, l [][]byte) [][]byte {
			l[1] = bytes.Replace(l[1], []byte(`"n":1`), []byte(`"n":7`), 1)
			return l
		}},
		{"changed after the head", "line 4: record 4", func(_ *testing.T, _ string, l [][]byte) [][]byte {
			l[3] = bytes.Replace(l[3], []byte(`"n":3`), []byte(`"n":7`), 1)
			return l
		}},
		{"removed", "line 2: record 2", func(_ *testing.T, _ string, l [][]byte) [][]byte { return append(l[:1], l[2:]...) }},
		{"cut off", "records 3 to 3", func(_ *testing.T, _ string, l [][]byte) [][]byte { return l[:2] }},
		{"all gone", "records 1 to 3", func(_ *testing.T, _ string, _ [][]byte) [][]byte { return nil }},
		{"rewritten", "line 3: record 3", func(_ *testing.T, _ string, l [][]byte) [][]byte {
			var at Point
			for i := range l {
				r := record(i + 100)
				at = at.Next(len(r), Leaf(r))
				l[i] = appendFrame(nil, r, at)
			}
			return l
		}},
		{"head removed", "head of the audit journal is missing", func(_ *testing.T, dir string, l [][]byte) [][]byte {
			os.Remove(filepath.Join(dir, digest.HeadFile))
			return l
		}},
		{"head changed", "signature does not match", func(t *testing.T, dir string, l [][]byte) [][]byte {
			path := filepath.Join(dir, digest.HeadFile)
			head, _ := os.ReadFile(path)
			if err := os.WriteFile(path, bytes.Replace(head, []byte(`"sequence":3`), []byte(`"sequence":2`), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			return l
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, segment := written(t, 3, 5)
			content, err := os.ReadFile(segment)
			if err != nil {
				t.Fatal(err)
			}
			lines := bytes.SplitAfter(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
			lines[4] = append(lines[4], '\n')
			changed := bytes.Join(c.change(t, dir, lines), nil)
			if err := os.WriteFile(segment, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			j, err := Open(Config{Dir: dir, Key: key(t, dir)})
			if err == nil {
				_ = j.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if after, _ := os.ReadFile(segment); !bytes.Equal(after, changed) {
				t.Error("a refused journal was changed")
			}
		})
	}
}

// FuzzParseFrame: there is one spelling of a frame.
func FuzzParseFrame(f *testing.F) {
	f.Add(appendFrame(nil, record(1), Point{}.Next(3, Hash{})))
	f.Add([]byte(`{"sequence":01,"length":0,"record":,"chain":""}` + "\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		frame, err := ParseFrame(line)
		if err == nil && !bytes.Equal(appendFrame(nil, frame.Record, Point{frame.Sequence, frame.Chain}), line) {
			t.Errorf("%q is a second spelling", line)
		}
	})
}
