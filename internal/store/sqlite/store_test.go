package sqlite_test

import (
	"bytes"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite"
	"merlon.dev/merlon/internal/store/storetest"
)

func TestGuardrails(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sqlite.Store{
		"folder": func(t *testing.T) *sqlite.Store { return openFolder(t, t.TempDir()) },
		"memory": openMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunGuardrails(t, func(t *testing.T) guardrail.Store { return open(t).Guardrails() })
		})
	}
}

func openFolder(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	return closing(t)(sqlite.Open(t.Context(), dir))
}

func openMemory(t *testing.T) *sqlite.Store {
	t.Helper()
	return closing(t)(sqlite.OpenMemory(t.Context()))
}

func closing(t testing.TB) func(*sqlite.Store, error) *sqlite.Store {
	return func(s *sqlite.Store, err error) *sqlite.Store {
		t.Helper()
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
}

func TestCloseIsFinal(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sqlite.Store{
		"folder": func(t *testing.T) *sqlite.Store { return openFolder(t, t.TempDir()) },
		"memory": openMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			for range 2 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			closure := func(guardrail.Tx) error { return nil }
			if err := s.Guardrails().Update(t.Context(), closure); !fault.Is(err, fault.Unavailable) {
				t.Errorf("Update gave %v", err)
			}
			if err := s.Guardrails().View(t.Context(), closure); !fault.Is(err, fault.Unavailable) {
				t.Errorf("View gave %v", err)
			}
		})
	}
}

func TestFolderIsHeldByOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openFolder(t, dir)
	if _, err := sqlite.Open(t.Context(), dir); err == nil {
		t.Fatal("the folder was opened twice")
	} else if want := "in use by another merlon process"; !bytes.Contains([]byte(err.Error()), []byte(want)) {
		t.Errorf("error %q does not say %q", err, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openFolder(t, dir)
}

func TestPageKeyStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var keys [3][]byte
	for i := range keys {
		s := openFolder(t, dir)
		var err error
		if keys[i], err = s.PageKey(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(keys[0]) != 32 || !bytes.Equal(keys[0], keys[1]) || !bytes.Equal(keys[1], keys[2]) {
		t.Errorf("keys %x", keys)
	}
	other, err := openMemory(t).PageKey(t.Context())
	if err != nil || bytes.Equal(other, keys[0]) {
		t.Errorf("two stores share a key (%v)", err)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *sqlite.Store{
		"folder": func(t *testing.T) *sqlite.Store { return openFolder(t, t.TempDir()) },
		"memory": openMemory,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			control := service(t, s)
			before := s.Changes()
			made, err := control.Create(t.Context(), scope, guardrail.CreateInput{Proposal: proposal("one")})
			if err != nil || s.Changes() == before {
				t.Fatalf("a write left the count at %d (%v)", before, err)
			}
			before = s.Changes()
			if _, err := control.Get(t.Context(), scope, made.ID, guardrail.Draft); err != nil || s.Changes() != before {
				t.Errorf("a read took the count from %d to %d (%v)", before, s.Changes(), err)
			}
		})
	}
}
