package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"merlon.dev/merlon/internal/fault"
)

// TestAppendConcurrently: every record is there once, those of one call beside each other, those of one caller in their order.
func TestAppendConcurrently(t *testing.T) {
	t.Parallel()
	const callers, each = 16, 200
	j := open(t, Config{SegmentSize: 20_000})
	var wait sync.WaitGroup
	for c := range callers {
		wait.Go(func() {
			for i := range each {
				d := Written
				if i%4 == 0 {
					d = Durable
				}
				text := fmt.Sprintf(`{"caller":%d,"i":%d,"part":`, c, i)
				if err := j.Append(d, []byte(text+"1}"), []byte(text+"2}")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	records := read(t, j.Dir())
	if len(records) != 2*callers*each {
		t.Fatalf("%d records, want %d", len(records), 2*callers*each)
	}
	next := map[string]int{}
	for i := 0; i < len(records); i += 2 {
		first, second := records[i], records[i+1]
		if strings.TrimSuffix(first, "1}") != strings.TrimSuffix(second, "2}") {
			t.Fatalf("torn apart: %s, %s", first, second)
		}
		caller, _, _ := strings.Cut(first, ",")
		if want := fmt.Sprintf(`%s,"i":%d,"part":1}`, caller, next[caller]); first != want {
			t.Fatalf("got %s, want %s", first, want)
		}
		next[caller]++
	}
	if segments, _ := Segments(j.Dir()); len(segments) < 10 {
		t.Errorf("%d segments: it was never rotated", len(segments))
	}
}

// TestDiskFull: what fails leaves nothing, what was answered stays, and with room again it goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		fill, mend func(*disk)
		cause      error
	}{
		{"full", func(d *disk) { d.room.Store(1000) }, func(d *disk) { d.room.Store(1 << 30) }, syscall.ENOSPC},
		{"read-only", func(d *disk) { d.readOnly.Store(true) }, func(d *disk) { d.readOnly.Store(false) }, syscall.EROFS},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := &disk{}
			d.room.Store(1 << 30)
			j := open(t, Config{OpenFile: d.open})
			var kept []string
			try := func(i int) error {
				err := j.Append(Durability(i%2), record(i))
				if err == nil {
					kept = append(kept, string(record(i)))
				}
				return err
			}
			for i := range 10 {
				if err := try(i); err != nil {
					t.Fatal(err)
				}
			}
			c.fill(d)
			failures := 0
			for i := 10; i < 40; i++ {
				if err := try(i); err != nil {
					if failures++; !errors.Is(err, c.cause) || !fault.Is(err, fault.Unavailable) || strings.Contains(fault.From(err).Message, "space") {
						t.Errorf("append: %v", err)
					}
				}
			}
			if err := j.Ready(); failures < 20 || !errors.Is(err, c.cause) {
				t.Errorf("%d appends failed, ready: %v", failures, err)
			}
			c.mend(d)
			if err := j.Ready(); err != nil {
				t.Errorf("ready with room again: %v", err)
			}
			for i := 40; i < 50; i++ {
				if err := try(i); err != nil {
					t.Error(err)
				}
			}
			if err := j.Close(); err != nil {
				t.Error(err)
			}
			if got := read(t, j.Dir()); !slices.Equal(got, kept) {
				t.Errorf("kept %d records, answered %d", len(got), len(kept))
			}
		})
	}
}

// TestBroken: after a sync or an undo that failed nothing is accepted any more; a new start goes on with what is there.
func TestBroken(t *testing.T) {
	t.Parallel()
	for name, breakIt := range map[string]func(*disk){
		"sync": func(d *disk) { d.badSync.Store(true) },
		"undo": func(d *disk) { d.badUndo.Store(true); d.room.Store(20) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &disk{}
			d.room.Store(1 << 30)
			j := open(t, Config{OpenFile: d.open})
			if err := j.Append(Durable, record(1)); err != nil {
				t.Fatal(err)
			}
			breakIt(d)
			if err := j.Append(Durable, record(2)); !fault.Is(err, fault.Unavailable) {
				t.Errorf("append: %v", err)
			}
			d.badSync.Store(false)
			d.badUndo.Store(false)
			d.room.Store(1 << 30)
			for _, durability := range []Durability{Written, Durable} {
				if err := j.Append(durability, record(3)); !fault.Is(err, fault.Unavailable) {
					t.Errorf("append to a broken journal: %v", err)
				}
			}
			if err := j.Ready(); err == nil {
				t.Error("a broken journal is ready")
			}
			_ = j.Close() // says again what broke
			again := open(t, Config{Dir: j.Dir()})
			if err := again.Append(Durable, record(4)); err != nil {
				t.Fatal(err)
			}
			got := read(t, j.Dir())
			if got[0] != string(record(1)) || got[len(got)-1] != string(record(4)) || slices.Contains(got, string(record(3))) {
				t.Errorf("holds %q", got)
			}
		})
	}
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	j := open(t, Config{})
	if err := j.Append(Written, make([]byte, MaxRecord+1)); err == nil {
		t.Error("took a record that is too large")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(Written, record(1)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("append to a closed journal: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkAppend(b *testing.B) {
	line := []byte(`{"x":"` + strings.Repeat("x", 700) + `"}`)
	for name, d := range map[string]Durability{"written": Written, "durable": Durable} {
		b.Run(name, func(b *testing.B) {
			j := open(b, Config{})
			b.SetParallelism(8)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := j.Append(d, line); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
