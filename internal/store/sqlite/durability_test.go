package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func openFolder(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestPragmas: what a commit promises rests on these settings of the connection that writes.
func TestPragmas(t *testing.T) {
	t.Parallel()
	s := openFolder(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal",
		"synchronous":  "2", // FULL: each commit waits for the disk
		"foreign_keys": "1",
	} {
		var got string
		if err := s.writer.connection.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q (%v), want %q", pragma, got, err, want)
		}
	}
	var readOnly string
	if err := s.reads.QueryRowContext(t.Context(), "PRAGMA query_only").Scan(&readOnly); err != nil || readOnly != "1" {
		t.Errorf("query_only of a reading connection = %q (%v)", readOnly, err)
	}
}

// TestFullDisk: where the database cannot grow, writes that do not fit fail, those that were acknowledged are there, and
// the store works on when there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := openFolder(t)
	background := context.Background()
	put := func(name string, size int) error {
		return s.update(background, func(q *db.Queries) error {
			return q.InsertMeta(background, db.InsertMetaParams{Name: name, Value: bytes.Repeat([]byte{1}, size)})
		})
	}
	limit := func(pages int) {
		t.Helper()
		if _, err := s.writer.connection.ExecContext(background, fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	if err := put("before", 10); err != nil {
		t.Fatal(err)
	}
	limit(200)
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		kept = []string{"before"}
	)
	failures := 0
	for i := range 64 {
		wait.Go(func() {
			name, size := fmt.Sprint("row ", i), 100
			if i%4 == 0 {
				size = 100_000
			}
			err := put(name, size)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kept = append(kept, name)
			} else {
				failures++
			}
		})
	}
	wait.Wait()
	if failures == 0 || len(kept) == 1 {
		t.Fatalf("%d writes failed and %d were kept: the disk was not full in between", failures, len(kept))
	}
	limit(1 << 20)
	if err := put("after", 100_000); err != nil {
		t.Errorf("with room again: %v", err)
	}
	for _, name := range append(kept, "after") {
		err := s.view(background, func(ctx context.Context, q *db.Queries) error {
			_, err := q.GetMeta(ctx, name)
			return err
		})
		if err != nil {
			t.Errorf("%s was acknowledged: %v", name, err)
		}
	}
}

// TestLostTransaction: where the transaction as a whole is lost, nobody in the batch is told that his work was kept.
func TestLostTransaction(t *testing.T) {
	t.Parallel()
	s := openFolder(t)
	background := context.Background()
	batch := make([]*job, 3)
	for i := range batch {
		batch[i] = &job{finished: make(chan struct{}), work: func(q *db.Queries) error {
			if err := q.InsertMeta(background, db.InsertMetaParams{Name: fmt.Sprint(i), Value: []byte{1}}); err != nil {
				return err
			}
			if i == 1 {
				_, err := s.writer.control.rollback.ExecContext(background)
				return err
			}
			if i == 0 {
				return errors.New("refused")
			}
			return nil
		}}
	}
	s.writer.commit(batch)
	for i, j := range batch {
		<-j.finished
		if !fault.Is(j.err, fault.Unavailable) {
			t.Errorf("job %d: %v", i, j.err)
		}
		err := s.view(background, func(ctx context.Context, q *db.Queries) error {
			_, err := q.GetMeta(ctx, fmt.Sprint(i))
			return err
		})
		if err == nil {
			t.Errorf("job %d left a row", i)
		}
	}
	if err := s.update(background, func(q *db.Queries) error {
		return q.InsertMeta(background, db.InsertMetaParams{Name: "later", Value: []byte{1}})
	}); err != nil {
		t.Errorf("the next write: %v", err)
	}
}
