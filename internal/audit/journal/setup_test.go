package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"merlon.dev/merlon/internal/audit/digest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// key gives a signing key in dir.
func key(t testing.TB, dir string) *digest.Key {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	k, err := digest.OpenKey(context.Background(), dir, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// open opens a journal that the test closes at its end.
func open(t testing.TB, c Config) *Journal {
	t.Helper()
	if c.Dir == "" {
		c.Dir = filepath.Join(t.TempDir(), "audit")
	}
	if c.Key == nil {
		c.Key = key(t, c.Dir)
	}
	j, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func record(i int) []byte {
	return fmt.Appendf(nil, `{"eventTime":"2026-01-02T03:04:%02dZ","n":%d}`, i%60, i)
}

// read gives every record of a journal after checking the whole chain.
func read(t testing.TB, dir string) (records []string) {
	t.Helper()
	segments, err := Segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	var at Point
	for _, s := range segments {
		content, err := os.ReadFile(filepath.Join(dir, s.Name))
		if err != nil {
			t.Fatal(err)
		}
		if s.First != at.Sequence+1 {
			t.Fatalf("%s follows record %d", s.Name, at.Sequence)
		}
		err = Lines(bytes.NewReader(content), func(l Line) error {
			f, err := ParseFrame(l.Bytes)
			if err != nil {
				return err
			}
			at = at.Next(len(f.Record), Leaf(f.Record))
			if at.Sequence != f.Sequence || at.Chain != f.Chain {
				return fmt.Errorf("line %d does not follow", l.Number)
			}
			records = append(records, string(f.Record))
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
	}
	return records
}

// disk is a file system that can fill up, become read-only or fail to sync.
type disk struct {
	room     atomic.Int64 // bytes that still fit
	readOnly atomic.Bool
	badSync  atomic.Bool
	badUndo  atomic.Bool
}

type diskFile struct {
	File
	disk *disk
}

func (d *disk) open(path string) (File, error) {
	f, err := OpenFile(path)
	return diskFile{f, d}, err
}

func (f diskFile) Write(p []byte) (int, error) {
	if f.disk.readOnly.Load() {
		return 0, syscall.EROFS
	}
	room := f.disk.room.Add(-int64(len(p)))
	if room >= 0 {
		return f.File.Write(p)
	}
	f.disk.room.Store(0)
	n, err := f.File.Write(p[:max(0, len(p)+int(room))])
	return n, errors.Join(syscall.ENOSPC, err)
}

func (f diskFile) Sync() error {
	if f.disk.badSync.Load() {
		return syscall.EIO
	}
	return f.File.Sync()
}

func (f diskFile) Truncate(size int64) error {
	if f.disk.badUndo.Load() {
		return syscall.EIO
	}
	return f.File.Truncate(size)
}

func (f diskFile) Reserve(int64) error {
	switch {
	case f.disk.readOnly.Load():
		return syscall.EROFS
	case f.disk.room.Load() < reserveLow:
		return syscall.ENOSPC
	}
	return nil
}
