package guardrail_test

import (
	"bytes"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/guardrailtest"
	"merlon.dev/merlon/internal/ident"
)

// TestRefusedKey: while its key is refused a guardrail cannot be read, changed or frozen, and its place in lists stays.
func TestRefusedKey(t *testing.T) {
	t.Parallel()
	store, keys := open(t), &guardrailtest.Keys{}
	s, err := guardrail.NewService(guardrail.Options{
		Store: store, Keys: keys, CheckRegex: func(string) error { return nil }, Now: time.Now, NewID: func() string { return ident.Lower(12) },
	})
	if err != nil {
		t.Fatal(err)
	}
	proposed := words("secret word")
	proposed.KMSKey = "alias/mine"
	made, err := s.Create(t.Context(), home, guardrail.CreateInput{Proposal: proposed})
	if err != nil {
		t.Fatal(err)
	}
	held, err := s.Get(t.Context(), home, made.ID, guardrail.Draft)
	if err != nil || held.Words.Words[0].Text != "secret word" {
		t.Fatalf("%+v, %v", held, err)
	}
	uses := map[string]func() error{
		"Get":     func() error { _, err := s.Get(t.Context(), home, made.ID, guardrail.Draft); return err },
		"Confirm": func() error { return s.Confirm(t.Context(), held) },
		"Update": func() error {
			_, err := s.Update(t.Context(), home, guardrail.UpdateInput{Identifier: made.ID, Proposal: proposed})
			return err
		},
		"CreateVersion": func() error {
			_, err := s.CreateVersion(t.Context(), home, guardrail.CreateVersionInput{Identifier: made.ID})
			return err
		},
	}
	for _, refused := range []bool{true, false, true} {
		keys.Refuse(held.KMSKeyARN, refused)
		for name, use := range uses {
			if err := use(); refused != fault.Is(err, fault.Denied) || !refused && err != nil {
				t.Errorf("%s with a key refused %t: %v", name, refused, err)
			}
		}
	}
	if page, err := s.List(t.Context(), home, guardrail.ListInput{Limit: 9}); err != nil || len(page.Entries) != 1 {
		t.Errorf("listed %v, %v", page.Entries, err)
	}
	if err := s.Delete(t.Context(), home, made.ID); err != nil {
		t.Errorf("delete: %v", err)
	}
}

// TestSealedInPlace: what is stored says nothing, opens in its own place alone, and what an older Merlon stored is still read.
func TestSealedInPlace(t *testing.T) {
	t.Parallel()
	store := open(t)
	s := serve(t, store)
	var rows []guardrail.Row
	for _, name := range []string{"a", "b"} {
		proposed := words("secret word")
		proposed.Name = name
		made, err := s.Create(t.Context(), home, guardrail.CreateInput{Proposal: proposed})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.View(t.Context(), func(tx guardrail.Tx) error {
			row, err := tx.Draft(home, made.ID)
			rows = append(rows, row)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	if !guardrail.Sealed(rows[0].Config) || bytes.Contains(rows[0].Config, []byte("secret word")) {
		t.Errorf("stored %q", rows[0].Config)
	}
	replace := func(config []byte) error {
		row := rows[0]
		row.Config = config
		if err := store.Update(t.Context(), func(tx guardrail.Tx) error { return tx.ReplaceDraft(row) }); err != nil {
			t.Fatal(err)
		}
		_, err := s.Get(t.Context(), home, row.ID, guardrail.Draft)
		return err
	}
	if err := replace(rows[1].Config); err == nil {
		t.Error("the configuration of another guardrail was opened")
	}
	flipped := bytes.Clone(rows[0].Config)
	flipped[len(flipped)-1] ^= 1
	if err := replace(flipped); err == nil {
		t.Error("a changed configuration was opened")
	}
	plain, err := guardrail.EncodeConfig(words("secret word").Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := replace(plain); err != nil {
		t.Errorf("a row of before: %v", err)
	}
}
