package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"merlon.dev/merlon/internal/guardrail"
)

var errOwn = errors.New("the closure's own error")

func errorsUndo(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	err := s.Update(t.Context(), func(tx guardrail.Tx) error {
		if err := tx.DeleteGuardrail(home, "aaa"); err != nil {
			return err
		}
		if err := tx.InsertDraft(draft(home, "bbb")); err != nil {
			return err
		}
		return errOwn
	})
	if err != errOwn { //nolint:errorlint // the contract is the very same error
		t.Errorf("Update gave %v, want the closure's own error", err)
	}
	view(t, s, func(tx guardrail.Tx) error {
		absent[guardrail.Row](t)(tx.Draft(home, "bbb"))
		_, err := tx.Draft(home, "aaa")
		return err
	})
	if err := s.View(t.Context(), func(guardrail.Tx) error { return errOwn }); err != errOwn { //nolint:errorlint // as above
		t.Errorf("View gave %v, want the closure's own error", err)
	}
}

// panicsUndo: a panic reaches the caller of its closure and nobody else.
func panicsUndo(t *testing.T, s guardrail.Store) {
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v, want the closure's panic", r)
			}
		}()
		_ = s.Update(t.Context(), func(tx guardrail.Tx) error {
			if err := tx.InsertDraft(draft(home, "aaa")); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	view(t, s, func(tx guardrail.Tx) error {
		absent[guardrail.Row](t)(tx.Draft(home, "aaa"))
		return nil
	})
	insert(t, s, home, "bbb")
}

func viewsRefuseWrites(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	writes := map[string]func(guardrail.Tx) error{
		"InsertDraft":          func(tx guardrail.Tx) error { return tx.InsertDraft(draft(home, "bbb")) },
		"ReplaceDraft":         func(tx guardrail.Tx) error { return tx.ReplaceDraft(draft(home, "aaa")) },
		"SetLastVersion":       func(tx guardrail.Tx) error { return tx.SetLastVersion(home, "aaa", 1) },
		"DeleteGuardrail":      func(tx guardrail.Tx) error { return tx.DeleteGuardrail(home, "aaa") },
		"InsertVersion":        func(tx guardrail.Tx) error { return tx.InsertVersion(version(home, "aaa", 1)) },
		"DeleteVersion":        func(tx guardrail.Tx) error { return tx.DeleteVersion(home, "aaa", 1) },
		"PutToken":             func(tx guardrail.Tx) error { return tx.PutToken(guardrail.Token{}) },
		"DropTokens":           func(tx guardrail.Tx) error { return tx.DropTokens(noon, 1) },
		"PutTag":               func(tx guardrail.Tx) error { return tx.PutTag(home, "aaa", guardrail.Tag{Key: "k"}) },
		"DeleteTag":            func(tx guardrail.Tx) error { return tx.DeleteTag(home, "aaa", "k") },
		"PutResourcePolicy":    func(tx guardrail.Tx) error { return tx.PutResourcePolicy(home, "r", "{}") },
		"DeleteResourcePolicy": func(tx guardrail.Tx) error { return tx.DeleteResourcePolicy(home, "r") },
		"PutEnforced":          func(tx guardrail.Tx) error { return tx.PutEnforced(guardrail.Enforced{Scope: home}) },
		"DeleteEnforced":       func(tx guardrail.Tx) error { return tx.DeleteEnforced(home) },
	}
	for name, write := range writes {
		if err := s.View(t.Context(), write); err == nil || errors.Is(err, guardrail.ErrNoRow) {
			t.Errorf("%s inside a view gave %v", name, err)
		}
	}
}

func endedContext(t *testing.T, s guardrail.Store) {
	closure := func(guardrail.Tx) error { return nil }
	if err := s.Update(ended(), closure); !errors.Is(err, context.Canceled) {
		t.Errorf("Update gave %v, want the context's error", err)
	}
	if err := s.View(ended(), closure); !errors.Is(err, context.Canceled) {
		t.Errorf("View gave %v, want the context's error", err)
	}
}

// updatesAreSerial: concurrent read-modify-write closures lose no step, and a failing one in between undoes only itself.
func updatesAreSerial(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	const writers, steps = 8, 20
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for step := range steps {
				err := s.Update(t.Context(), func(tx guardrail.Tx) error {
					row, err := tx.Draft(home, "aaa")
					if err != nil {
						return err
					}
					row.Revision++
					if err := tx.ReplaceDraft(row); err != nil {
						return err
					}
					if step%2 == 1 {
						return errOwn
					}
					return nil
				})
				if (step%2 == 1) != errors.Is(err, errOwn) || (step%2 == 0) != (err == nil) {
					t.Errorf("step %d: %v", step, err)
				}
			}
		})
	}
	wait.Wait()
	view(t, s, func(tx guardrail.Tx) error {
		row, err := tx.Draft(home, "aaa")
		if row.Revision != 1+writers*steps/2 {
			t.Errorf("revision %d after %d steps that were kept", row.Revision, writers*steps/2)
		}
		return err
	})
}

// viewsAreConsistent: a view never sees half of an update.
func viewsAreConsistent(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa", "bbb")
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		defer close(stop)
		for revision := range int64(100) {
			err := s.Update(t.Context(), func(tx guardrail.Tx) error {
				for _, id := range []string{"aaa", "bbb"} {
					row := draft(home, id)
					row.Revision = revision + 2
					if err := tx.ReplaceDraft(row); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	for reading := true; reading; {
		select {
		case <-stop:
			reading = false
		default:
		}
		err := s.View(t.Context(), func(tx guardrail.Tx) error {
			a, err := tx.DraftSummary(home, "aaa")
			if err != nil {
				return err
			}
			b, err := tx.DraftSummary(home, "bbb")
			if err == nil && a.Revision != b.Revision {
				return fmt.Errorf("saw revisions %d and %d", a.Revision, b.Revision)
			}
			return err
		})
		if err != nil {
			t.Error(err)
			reading = false
		}
	}
	wait.Wait()
}
