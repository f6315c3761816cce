package guardrail_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/guardrailtest"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/store/sqlite"
)

var home = guardrail.Scope{Partition: "aws", Region: "us-east-1", Account: "123456789012"}

// between runs a step between the reads and the writes of whoever uses the store, a given number of times.
type between struct {
	guardrail.Store
	left int
	step func()
}

func (b *between) Update(ctx context.Context, write func(guardrail.Tx) error) error {
	if b.left > 0 {
		b.left--
		b.step()
	}
	return b.Store.Update(ctx, write)
}

func open(t *testing.T) guardrail.Store {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store.Guardrails()
}

func serve(t *testing.T, store guardrail.Store) *guardrail.Service {
	t.Helper()
	s, err := guardrail.NewService(guardrail.Options{
		Store: store, Keys: &guardrailtest.Keys{}, CheckRegex: func(string) error { return nil }, Now: time.Now,
		NewID: func() string { return ident.Lower(12) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func words(word string) guardrail.Proposal {
	return guardrail.Proposal{Config: guardrail.Config{
		Name: "g", BlockedInput: "no", BlockedOutput: "no", Words: guardrail.WordPolicy{Words: []guardrail.Word{{Text: word}}},
	}}
}

// TestVersionOfAChangingDraft: a version is always the draft as it was when the number was given out.
func TestVersionOfAChangingDraft(t *testing.T) {
	t.Parallel()
	for changes, fails := range map[int]bool{0: false, 1: false, 63: false, 64: true} {
		t.Run(fmt.Sprint(changes, " changes"), func(t *testing.T) {
			t.Parallel()
			store := open(t)
			plain := serve(t, store)
			made, err := plain.Create(t.Context(), home, guardrail.CreateInput{Proposal: words("0")})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			busy := serve(t, &between{Store: store, left: changes, step: func() {
				n++
				if _, err := plain.Update(t.Context(), home, guardrail.UpdateInput{Identifier: made.ID, Proposal: words(fmt.Sprint(n))}); err != nil {
					t.Fatal(err)
				}
			}})
			version, err := busy.CreateVersion(t.Context(), home, guardrail.CreateVersionInput{Identifier: made.ID})
			if fails {
				if !fault.Is(err, fault.Conflict) {
					t.Errorf("error %v, want a conflict", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := plain.Get(t.Context(), home, made.ID, version.Version)
			if err != nil || got.Words.Words[0].Text != fmt.Sprint(changes) || got.Revision != int64(changes+1) {
				t.Errorf("version %s froze %q of revision %d (%v)", version.Version, got.Words.Words[0].Text, got.Revision, err)
			}
		})
	}
}

// TestConcurrentVersions: numbers are given out once each, without gaps.
func TestConcurrentVersions(t *testing.T) {
	t.Parallel()
	s := serve(t, open(t))
	made, err := s.Create(t.Context(), home, guardrail.CreateInput{Proposal: words("w")})
	if err != nil {
		t.Fatal(err)
	}
	const writers, each = 8, 10
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
		seen = map[guardrail.Version]bool{}
	)
	for range writers {
		wait.Go(func() {
			for range each {
				version, err := s.CreateVersion(t.Context(), home, guardrail.CreateVersionInput{Identifier: made.ID})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[version.Version] || version.Version < 1 || version.Version > writers*each {
					t.Errorf("number %s", version.Version)
				}
				seen[version.Version] = true
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if len(seen) != writers*each {
		t.Errorf("%d numbers, want %d", len(seen), writers*each)
	}
}

// TestConcurrentCreates: of many requests for one name or with one token, one makes the guardrail.
func TestConcurrentCreates(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{"name": "", "token": "token"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, open(t))
			const writers = 16
			ids, conflicts := make([]string, writers), make([]bool, writers)
			var wait sync.WaitGroup
			for i := range writers {
				wait.Go(func() {
					made, err := s.Create(t.Context(), home, guardrail.CreateInput{Proposal: words("w"), Token: token})
					ids[i], conflicts[i] = made.ID, fault.Is(err, fault.Conflict)
					if err != nil && !conflicts[i] {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			distinct, refused := map[string]bool{}, 0
			for i := range writers {
				if conflicts[i] {
					refused++
				} else {
					distinct[ids[i]] = true
				}
			}
			page, err := s.List(t.Context(), home, guardrail.ListInput{Limit: 10})
			if err != nil || len(page.Entries) != 1 || len(distinct) != 1 || !distinct[page.Entries[0].ID] {
				t.Errorf("made %v, listed %v (%v)", distinct, page.Entries, err)
			}
			if want := map[string]int{"name": writers - 1, "token": 0}[name]; refused != want {
				t.Errorf("%d were refused, want %d", refused, want)
			}
		})
	}
}
