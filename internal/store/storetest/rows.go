package storetest

import (
	"slices"
	"testing"
	"time"

	"merlon.dev/merlon/internal/guardrail"
)

func drafts(t *testing.T, s guardrail.Store) {
	row := draft(home, "aaa")
	update(t, s, func(tx guardrail.Tx) error { return tx.InsertDraft(row) })
	row.Sequence = 1
	view(t, s, func(tx guardrail.Tx) error {
		want(t, row)(tx.Draft(home, "aaa"))
		want(t, row.Summary)(tx.DraftSummary(home, "aaa"))
		want(t, "aaa")(tx.DraftNamed(home, "name-aaa"))
		want(t, 1)(tx.CountDrafts(home))
		absent[guardrail.Row](t)(tx.Draft(home, "bbb"))
		absent[guardrail.Summary](t)(tx.DraftSummary(home, "bbb"))
		absent[string](t)(tx.DraftNamed(home, "NAME-AAA"))
		return nil
	})
	changed := row
	changed.Name, changed.Description, changed.ProfileID, changed.KMSKeyARN = "other", "", "", ""
	changed.Revision, changed.LastVersion, changed.Config = 2, 7, []byte("other config")
	changed.UpdatedAt = noon.Add(time.Hour)
	given := changed
	given.CreatedAt, given.Sequence = noon.Add(time.Hour), 99 // not replaced
	update(t, s, func(tx guardrail.Tx) error { return tx.ReplaceDraft(given) })
	view(t, s, func(tx guardrail.Tx) error {
		want(t, changed)(tx.Draft(home, "aaa"))
		absent[string](t)(tx.DraftNamed(home, "name-aaa"))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error { return tx.SetLastVersion(home, "aaa", 8) })
	changed.LastVersion = 8
	view(t, s, func(tx guardrail.Tx) error {
		want(t, changed)(tx.Draft(home, "aaa"))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error {
		missing(t, tx.ReplaceDraft(draft(home, "bbb")))
		missing(t, tx.SetLastVersion(home, "bbb", 1))
		missing(t, tx.DeleteGuardrail(home, "bbb"))
		return nil
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, []guardrail.Row{changed})(tx.AllDrafts(0, 2))
		want(t, []guardrail.Row{})(tx.AllDrafts(changed.Sequence, 2))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error {
		return tx.DeleteGuardrail(home, "aaa")
	})
	view(t, s, func(tx guardrail.Tx) error {
		absent[guardrail.Row](t)(tx.Draft(home, "aaa"))
		want(t, 0)(tx.CountDrafts(home))
		return nil
	})
}

// draftOrder: lists follow creation, not names, and a deleted guardrail's place is not given to another one.
func draftOrder(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "ccc", "aaa", "bbb")
	ids := func(after int64, limit int) (ids []string, last int64) {
		view(t, s, func(tx guardrail.Tx) error {
			found, err := tx.Drafts(home, after, limit)
			for _, summary := range found {
				ids, last = append(ids, summary.ID), summary.Sequence
			}
			return err
		})
		return ids, last
	}
	first, position := ids(0, 2)
	if !slices.Equal(first, []string{"ccc", "aaa"}) {
		t.Errorf("first page %v", first)
	}
	rest, end := ids(position, 2)
	if !slices.Equal(rest, []string{"bbb"}) {
		t.Errorf("second page %v", rest)
	}
	update(t, s, func(tx guardrail.Tx) error { return tx.DeleteGuardrail(home, "bbb") })
	insert(t, s, home, "ddd")
	if later, _ := ids(end, 2); !slices.Equal(later, []string{"ddd"}) {
		t.Errorf("after the deleted one %v", later)
	}
}

func versions(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	update(t, s, func(tx guardrail.Tx) error {
		for _, number := range []guardrail.Version{10, 2, 1} {
			if err := tx.InsertVersion(version(home, "aaa", number)); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, version(home, "aaa", 2))(tx.Version(home, "aaa", 2))
		want(t, version(home, "aaa", 10).Summary)(tx.VersionSummary(home, "aaa", 10))
		absent[guardrail.Row](t)(tx.Version(home, "aaa", 3))
		absent[guardrail.Summary](t)(tx.VersionSummary(home, "bbb", 1))
		want(t, 3)(tx.CountVersions(home, "aaa"))
		want(t, []guardrail.Summary{version(home, "aaa", 1).Summary, version(home, "aaa", 2).Summary})(tx.Versions(home, "aaa", 0, 2))
		want(t, []guardrail.Summary{version(home, "aaa", 10).Summary})(tx.Versions(home, "aaa", 2, 2))
		want(t, []guardrail.Summary{})(tx.Versions(home, "bbb", 0, 2))
		return nil
	})
	if err := s.Update(t.Context(), func(tx guardrail.Tx) error { return tx.InsertVersion(version(home, "aaa", 2)) }); err == nil {
		t.Error("a version number was inserted twice")
	}
	update(t, s, func(tx guardrail.Tx) error {
		missing(t, tx.ReplaceVersionConfig(home, "aaa", 3, nil))
		return tx.ReplaceVersionConfig(home, "aaa", 10, []byte("sealed anew"))
	})
	view(t, s, func(tx guardrail.Tx) error {
		renewed := version(home, "aaa", 10)
		renewed.Config = []byte("sealed anew")
		want(t, renewed)(tx.Version(home, "aaa", 10))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error {
		missing(t, tx.DeleteVersion(home, "aaa", 3))
		return tx.DeleteVersion(home, "aaa", 2)
	})
	view(t, s, func(tx guardrail.Tx) error {
		absent[guardrail.Row](t)(tx.Version(home, "aaa", 2))
		want(t, 2)(tx.CountVersions(home, "aaa"))
		return nil
	})
}

func tokens(t *testing.T, s guardrail.Store) {
	token := func(value string, age time.Duration) guardrail.Token {
		return guardrail.Token{
			Receipt:   guardrail.Receipt{Scope: home, ID: "aaa", Version: 3, At: noon},
			Operation: "CreateGuardrail", Value: value, Fingerprint: [32]byte{1, 31: 2}, ExpiresAt: noon.Add(-age),
		}
	}
	update(t, s, func(tx guardrail.Tx) error {
		for i, value := range []string{"new", "old", "older", "oldest"} {
			if err := tx.PutToken(token(value, time.Duration(i)*time.Hour)); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, token("new", 0))(tx.Token(home, "CreateGuardrail", "new"))
		absent[guardrail.Token](t)(tx.Token(home, "CreateGuardrailVersion", "new"))
		absent[guardrail.Token](t)(tx.Token(home, "CreateGuardrail", "NEW"))
		return nil
	})
	replaced := token("new", 0)
	replaced.ID, replaced.Fingerprint = "bbb", [32]byte{9}
	update(t, s, func(tx guardrail.Tx) error { return tx.PutToken(replaced) })
	update(t, s, func(tx guardrail.Tx) error { return tx.DropTokens(noon, 2) })
	view(t, s, func(tx guardrail.Tx) error {
		want(t, replaced)(tx.Token(home, "CreateGuardrail", "new"))
		want(t, token("old", time.Hour))(tx.Token(home, "CreateGuardrail", "old"))
		absent[guardrail.Token](t)(tx.Token(home, "CreateGuardrail", "older"))
		absent[guardrail.Token](t)(tx.Token(home, "CreateGuardrail", "oldest"))
		return nil
	})
}

func tags(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	update(t, s, func(tx guardrail.Tx) error {
		for _, tag := range []guardrail.Tag{{Key: "b", Value: "1"}, {Key: "a", Value: ""}, {Key: "B", Value: "2"}, {Key: "b", Value: "3"}} {
			if err := tx.PutTag(home, "aaa", tag); err != nil {
				return err
			}
		}
		return tx.DeleteTag(home, "aaa", "nothing")
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, []guardrail.Tag{{Key: "B", Value: "2"}, {Key: "a", Value: ""}, {Key: "b", Value: "3"}})(tx.Tags(home, "aaa"))
		want(t, []guardrail.Tag{})(tx.Tags(home, "bbb"))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error { return tx.DeleteTag(home, "aaa", "B") })
	view(t, s, func(tx guardrail.Tx) error {
		want(t, []guardrail.Tag{{Key: "a", Value: ""}, {Key: "b", Value: "3"}})(tx.Tags(home, "aaa"))
		return nil
	})
}

func resourcePolicies(t *testing.T, s guardrail.Store) {
	const resource = "arn:aws:bedrock:us-east-1:123456789012:guardrail/aaa"
	update(t, s, func(tx guardrail.Tx) error {
		if err := tx.PutResourcePolicy(home, resource, "{}"); err != nil {
			return err
		}
		return tx.PutResourcePolicy(home, resource, "{ }")
	})
	view(t, s, func(tx guardrail.Tx) error {
		want(t, "{ }")(tx.ResourcePolicy(home, resource))
		absent[string](t)(tx.ResourcePolicy(home, resource+"b"))
		return nil
	})
	update(t, s, func(tx guardrail.Tx) error { return tx.DeleteResourcePolicy(home, resource) })
	update(t, s, func(tx guardrail.Tx) error {
		missing(t, tx.DeleteResourcePolicy(home, resource))
		return nil
	})
}

func enforced(t *testing.T, s guardrail.Store) {
	insert(t, s, home, "aaa")
	update(t, s, func(tx guardrail.Tx) error { return tx.InsertVersion(version(home, "aaa", 1)) })
	config := guardrail.Enforced{
		Scope: home, ID: "c1", GuardrailID: "aaa", Version: 1, System: guardrail.Selective, CreatedAt: noon, CreatedBy: "me",
		UpdatedAt: noon.Add(time.Second), UpdatedBy: "you",
	}
	view(t, s, func(tx guardrail.Tx) error {
		absent[guardrail.Enforced](t)(tx.Enforced(home))
		return nil
	})
	for _, models := range []*guardrail.ModelSelection{
		nil, {Included: []string{"ALL"}, Excluded: []string{}}, {Included: []string{"a.b", "c.d"}, Excluded: []string{"e.f:1"}},
	} {
		config.Models = models
		update(t, s, func(tx guardrail.Tx) error { return tx.PutEnforced(config) })
		view(t, s, func(tx guardrail.Tx) error {
			want(t, config)(tx.Enforced(home))
			return nil
		})
	}
	update(t, s, func(tx guardrail.Tx) error { return tx.DeleteEnforced(home) })
	update(t, s, func(tx guardrail.Tx) error {
		missing(t, tx.DeleteEnforced(home))
		return nil
	})
}
