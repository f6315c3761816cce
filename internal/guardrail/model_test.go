package guardrail_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// expected is a guardrail as the plainest model keeps it.
type expected struct {
	name, word string
	last       guardrail.Version
	versions   map[guardrail.Version]string // the word that each froze
	revision   int64
}

// TestAgainstModel drives the service with random calls and compares it with a map after each.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		ctx := t.Context()
		s := serve(t, open(t))
		var order []string
		model := map[string]*expected{}
		enforcedID, enforcedVersion := "", guardrail.Draft
		pick := func() string {
			if len(order) == 0 {
				return "doesnotexist"
			}
			return rapid.SampledFrom(append(slices.Clone(order), "doesnotexist")).Draw(r, "id")
		}
		names := rapid.SampledFrom([]string{"a", "b", "c"})
		taken := func(name, except string) bool {
			for id, g := range model {
				if g.name == name && id != except {
					return true
				}
			}
			return false
		}
		// expect fails where the error is not of the kind; an empty kind is success.
		expect := func(err error, kind fault.Kind) bool {
			if kind == "" && err != nil || kind != "" && !fault.Is(err, kind) {
				r.Fatalf("error %v, want %q", err, kind)
			}
			return err == nil
		}
		proposal := func(name, word string) guardrail.Proposal {
			p := words(word)
			p.Name = name
			return p
		}
		step := 0
		r.Repeat(map[string]func(*rapid.T){
			"create": func(*rapid.T) {
				step++
				name, word := names.Draw(r, "name"), fmt.Sprint("word ", step)
				made, err := s.Create(ctx, home, guardrail.CreateInput{Proposal: proposal(name, word)})
				kind := fault.Kind("")
				if taken(name, "") {
					kind = fault.Conflict
				}
				if expect(err, kind) {
					order = append(order, made.ID)
					model[made.ID] = &expected{name: name, word: word, versions: map[guardrail.Version]string{}, revision: 1}
				}
			},
			"update": func(*rapid.T) {
				step++
				id, name, word := pick(), names.Draw(r, "name"), fmt.Sprint("word ", step)
				_, err := s.Update(ctx, home, guardrail.UpdateInput{Identifier: id, Proposal: proposal(name, word)})
				kind := fault.Kind("")
				switch {
				case model[id] == nil:
					kind = fault.NotFound
				case taken(name, id):
					kind = fault.Conflict
				}
				if expect(err, kind) {
					g := model[id]
					g.name, g.word, g.revision = name, word, g.revision+1
				}
			},
			"freeze": func(*rapid.T) {
				id := pick()
				made, err := s.CreateVersion(ctx, home, guardrail.CreateVersionInput{Identifier: id})
				if model[id] == nil {
					expect(err, fault.NotFound)
					return
				}
				expect(err, "")
				g := model[id]
				if made.Version != g.last+1 {
					r.Fatalf("version %s after %s", made.Version, g.last)
				}
				g.last = made.Version
				g.versions[made.Version] = g.word
			},
			"enforce": func(*rapid.T) {
				id, version := pick(), guardrail.Version(rapid.IntRange(1, 4).Draw(r, "version"))
				_, err := s.PutEnforced(ctx, home, guardrail.EnforceInput{Identifier: id, Version: version})
				if model[id] == nil || model[id].versions[version] == "" {
					expect(err, fault.NotFound)
					return
				}
				expect(err, "")
				enforcedID, enforcedVersion = id, version
			},
			"delete version": func(*rapid.T) {
				id, version := pick(), guardrail.Version(rapid.IntRange(1, 4).Draw(r, "version"))
				err := s.DeleteVersion(ctx, home, id, version)
				switch {
				case model[id] == nil || model[id].versions[version] == "":
					expect(err, fault.NotFound)
				case id == enforcedID && version == enforcedVersion:
					expect(err, fault.InUse)
				default:
					expect(err, "")
					delete(model[id].versions, version)
				}
			},
			"delete": func(*rapid.T) {
				id := pick()
				err := s.Delete(ctx, home, id)
				switch {
				case model[id] == nil:
					expect(err, fault.NotFound)
				case id == enforcedID:
					expect(err, fault.InUse)
				default:
					expect(err, "")
					delete(model, id)
					order = slices.DeleteFunc(order, func(o string) bool { return o == id })
				}
			},
			"": func(*rapid.T) { compare(t, r, s, order, model) },
		})
	})
}

// compare reads everything and holds it against the model.
func compare(t *testing.T, r *rapid.T, s *guardrail.Service, order []string, model map[string]*expected) {
	t.Helper()
	size := rapid.IntRange(1, 3).Draw(r, "page size")
	if got := pages(t, r, s, "", size); !slices.Equal(got, order) {
		r.Fatalf("listed %v, want %v", got, order)
	}
	for id, want := range model {
		draft, err := s.Get(t.Context(), home, id, guardrail.Draft)
		if err != nil || draft.Name != want.name || draft.Words.Words[0].Text != want.word || draft.Revision != want.revision || draft.LastVersion != want.last {
			r.Fatalf("draft %+v (%v), want %+v", draft, err, want)
		}
		numbers := []string{"DRAFT"}
		for _, version := range slices.Sorted(maps.Keys(want.versions)) {
			numbers = append(numbers, version.String())
			got, err := s.Get(t.Context(), home, id, version)
			if err != nil || got.Words.Words[0].Text != want.versions[version] {
				r.Fatalf("version %s holds %q (%v), want %q", version, got.Words.Words[0].Text, err, want.versions[version])
			}
		}
		if got := pages(t, r, s, id, size); !slices.Equal(got, numbers) {
			r.Fatalf("listed versions %v, want %v", got, numbers)
		}
	}
}

// pages lists everything: ids, or the versions of one guardrail.
func pages(t *testing.T, r *rapid.T, s *guardrail.Service, identifier string, size int) (found []string) {
	t.Helper()
	for after := int64(0); ; {
		page, err := s.List(t.Context(), home, guardrail.ListInput{Identifier: identifier, Limit: size, After: after})
		if err != nil || len(page.Entries) > size {
			r.Fatalf("a page of %d (%v)", len(page.Entries), err)
		}
		for _, entry := range page.Entries {
			if identifier == "" {
				found = append(found, entry.ID)
			} else {
				found = append(found, entry.Version.String())
			}
		}
		if after = page.Next; after == 0 {
			return found
		}
	}
}
