package sqlite_test

import (
	"bytes"
	"errors"
	"testing"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/store/sqlite"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestKMS(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sqlite.Store{
		"folder": func(t *testing.T) *sqlite.Store { return openFolder(t, t.TempDir()) },
		"memory": openMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunKMS(t, func(t *testing.T) kms.Store { return open(t).KMS() })
		})
	}
}

func TestWrappingRecord(t *testing.T) {
	t.Parallel()
	s := openFolder(t, t.TempDir())
	for _, step := range []struct {
		previous, next string
		want           error
		after          string
	}{
		{"x", "first", envelope.ErrRecordChanged, ""},
		{"", "first", nil, "first"},
		{"", "again", envelope.ErrRecordChanged, "first"},
		{"firs", "second", envelope.ErrRecordChanged, "first"},
		{"first", "second", nil, "second"},
	} {
		if err := s.ReplaceWrappingRecord(t.Context(), []byte(step.previous), []byte(step.next)); !errors.Is(err, step.want) {
			t.Errorf("%q to %q: %v, want %v", step.previous, step.next, err, step.want)
		}
		if got, err := s.WrappingRecord(t.Context()); err != nil || !bytes.Equal(got, []byte(step.after)) {
			t.Errorf("the record is %q, %v, want %q", got, err, step.after)
		}
	}
}
