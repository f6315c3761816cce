package storetest

import (
	"bytes"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/guardrail"
)

// scopesAreSeparate: the same id and name in another account or Region is another guardrail.
func scopesAreSeparate(t *testing.T, s guardrail.Store) {
	scopes := []guardrail.Scope{home, elsewhere, stranger}
	insert(t, s, home, "aaa")
	for _, scope := range scopes[1:] {
		view(t, s, func(tx guardrail.Tx) error {
			absent[guardrail.Row](t)(tx.Draft(scope, "aaa"))
			absent[string](t)(tx.DraftNamed(scope, "name-aaa"))
			want(t, 0)(tx.CountDrafts(scope))
			want(t, []guardrail.Summary{})(tx.Drafts(scope, 0, 9))
			return nil
		})
		insert(t, s, scope, "aaa")
	}
	update(t, s, func(tx guardrail.Tx) error { return tx.DeleteGuardrail(home, "aaa") })
	for _, scope := range scopes[1:] {
		view(t, s, func(tx guardrail.Tx) error {
			_, err := tx.Draft(scope, "aaa")
			return err
		})
	}
}

func deletionTakesAll(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa", "bbb")
	update(t, s, func(tx guardrail.Tx) error {
		for _, id := range []string{"aaa", "bbb"} {
			if err := tx.InsertVersion(version(home, id, 1)); err != nil {
				return err
			}
			if err := tx.PutTag(home, id, guardrail.Tag{Key: "k", Value: "v"}); err != nil {
				return err
			}
		}
		return tx.DeleteGuardrail(home, "aaa")
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, 0)(tx.CountVersions(home, "aaa"))
		want(t, []guardrail.Tag{})(tx.Tags(home, "aaa"))
		want(t, 1)(tx.CountVersions(home, "bbb"))
		want(t, []guardrail.Tag{{Key: "k", Value: "v"}})(tx.Tags(home, "bbb"))
		return nil
	})
}

func namesAreUnique(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa", "bbb")
	second := draft(home, "ccc")
	second.Name = "name-aaa"
	if err := s.Update(t.Context(), func(tx guardrail.Tx) error { return tx.InsertDraft(second) }); err == nil {
		t.Error("a name was inserted twice")
	}
	second.ID = "bbb"
	if err := s.Update(t.Context(), func(tx guardrail.Tx) error { return tx.ReplaceDraft(second) }); err == nil {
		t.Error("a draft took another one's name")
	}
}

func versionsNeedADraft(t *testing.T, s guardrail.Store) {
	if err := s.Update(t.Context(), func(tx guardrail.Tx) error { return tx.InsertVersion(version(home, "aaa", 1)) }); err == nil {
		t.Error("a version was inserted without its guardrail")
	}
}

// enforcedHoldsOn: even where the domain forgot to ask, an enforced version cannot go.
func enforcedHoldsOn(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	update(t, s, func(tx guardrail.Tx) error {
		if err := tx.InsertVersion(version(home, "aaa", 1)); err != nil {
			return err
		}
		return tx.PutEnforced(guardrail.Enforced{Scope: home, ID: "c1", GuardrailID: "aaa", Version: 1})
	})
	for name, remove := range map[string]func(guardrail.Tx) error{
		"version":   func(tx guardrail.Tx) error { return tx.DeleteVersion(home, "aaa", 1) },
		"guardrail": func(tx guardrail.Tx) error { return tx.DeleteGuardrail(home, "aaa") },
	} {
		if err := s.Update(t.Context(), remove); err == nil {
			t.Errorf("an enforced %s was deleted", name)
		}
	}
	if err := s.Update(t.Context(), func(tx guardrail.Tx) error {
		return tx.PutEnforced(guardrail.Enforced{Scope: home, ID: "c1", GuardrailID: "aaa", Version: 2})
	}); err == nil {
		t.Error("a version that does not exist was enforced")
	}
}

func unusualText(t *testing.T, s guardrail.Store) {
	for i, text := range []string{"'; DROP TABLE guardrail; --", "극비 🔒", "a\x00b", "%_\\", strings.Repeat("x", 500), "\u2028\u202e"} {
		row := draft(home, "id"+string(rune('a'+i)))
		row.Name, row.Description = text, text
		update(t, s, func(tx guardrail.Tx) error { return tx.InsertDraft(row) })
		row.Sequence = int64(i + 1)
		view(t, s, func(tx guardrail.Tx) error {
			want(t, row)(tx.Draft(home, row.ID))
			want(t, row.ID)(tx.DraftNamed(home, text))
			return nil
		})
	}
}

func largeConfigurations(t *testing.T, s guardrail.Store) {
	row := draft(home, "aaa")
	row.Config = bytes.Repeat([]byte{0, 1, 254, 255}, 1<<19)
	update(t, s, func(tx guardrail.Tx) error { return tx.InsertDraft(row) })
	view(t, s, func(tx guardrail.Tx) error {
		got, err := tx.Draft(home, "aaa")
		if err == nil && !bytes.Equal(got.Config, row.Config) {
			t.Error("the configuration changed on the way")
		}
		return err
	})
}
