package envelope_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
)

var (
	errKilled = errors.New("killed")
	where     = map[string]string{"part": "secret"}
)

// holder keeps ciphertexts and can be killed after some of them.
type holder struct {
	kept      [][]byte
	killAfter int // -1: never
}

func (h *holder) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	for i, old := range h.kept {
		if changed == h.killAfter {
			return changed, errKilled
		}
		next, fresh, err := k.Rewrap(ctx, old, where)
		if err != nil {
			return changed, err
		}
		if !fresh {
			h.kept[i] = next
			changed++
		}
	}
	return changed, nil
}

// opens says whether root opens the store and all that h keeps.
func (h *holder) opens(t *testing.T, store envelope.Store, root envelope.Root) bool {
	t.Helper()
	k, err := envelope.Load(t.Context(), store, root)
	if errors.Is(err, envelope.ErrOpen) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range h.kept {
		if got, err := k.Open(t.Context(), c, where); err != nil || string(got) != fmt.Sprint("secret ", i) {
			t.Fatalf("ciphertext %d: %q, %v", i, got, err)
		}
	}
	return true
}

// dying is a store that is killed before or after one of its writes.
type dying struct {
	envelope.Store
	write      int // counts down to the one that kills
	afterwards bool
	killed     bool
}

func (d *dying) ReplaceWrappingRecord(ctx context.Context, previous, next []byte) error {
	d.write--
	if d.killed || d.write == 0 && !d.afterwards {
		d.killed = true
		return errKilled
	}
	if err := d.Store.ReplaceWrappingRecord(ctx, previous, next); err != nil {
		return err
	}
	if d.write == 0 {
		d.killed = true
		return errKilled
	}
	return nil
}

// TestRotationSurvivesKills kills a rotation at every step and goes on: nothing is ever lost, and in the end only the new root
// secret opens the store.
func TestRotationSurvivesKills(t *testing.T) {
	t.Parallel()
	const secrets = 5
	type kill struct {
		write      int
		afterwards bool
		rewrapped  int
	}
	kills := []kill{{0, false, -1}, {1, false, -1}, {1, true, -1}, {2, false, -1}, {2, true, -1}}
	for n := range secrets + 1 {
		kills = append(kills, kill{0, false, n})
	}
	for _, k := range kills {
		t.Run(fmt.Sprintf("%+v", k), func(t *testing.T) {
			t.Parallel()
			store, from, to := &envelopetest.Store{}, envelopetest.NewRoot(t), envelopetest.NewRoot(t)
			ring, err := envelope.Create(t.Context(), store, from)
			if err != nil {
				t.Fatal(err)
			}
			h := &holder{killAfter: k.rewrapped}
			for i := range secrets {
				sealed, err := ring.Seal(t.Context(), []byte(fmt.Sprint("secret ", i)), where)
				if err != nil {
					t.Fatal(err)
				}
				h.kept = append(h.kept, sealed)
			}
			rotation := envelope.Rotation{
				Store: &dying{Store: store, write: k.write, afterwards: k.afterwards}, From: from, To: to, Holders: []envelope.Holder{h},
			}
			_, err = rotation.Run(t.Context())
			if died := k.write > 0 || k.rewrapped >= 0 && k.rewrapped < secrets; died != errors.Is(err, errKilled) || !died && err != nil {
				t.Fatalf("first run: %v", err)
			}
			if old, renewed := h.opens(t, store, from), h.opens(t, store, to); !old && !renewed {
				t.Fatal("after the kill no root secret opens the store")
			}
			h.killAfter, rotation.Store = -1, store
			if _, err := rotation.Run(t.Context()); err != nil {
				t.Fatalf("second run: %v", err)
			}
			if h.opens(t, store, from) || !h.opens(t, store, to) {
				t.Error("the old root secret still opens the store, or the new one does not")
			}
			for i, c := range h.kept {
				if _, err := ring.Open(t.Context(), c, where); !errors.Is(err, envelope.ErrOpen) {
					t.Errorf("ciphertext %d still opens under the old wrapping key: %v", i, err)
				}
			}
		})
	}
}

func TestRotateTheWrappingKeyAlone(t *testing.T) {
	t.Parallel()
	store, root := &envelopetest.Store{}, envelopetest.NewRoot(t)
	ring, err := envelope.Create(t.Context(), store, root)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := ring.Seal(t.Context(), []byte("secret 0"), where)
	if err != nil {
		t.Fatal(err)
	}
	h := &holder{kept: [][]byte{sealed}, killAfter: -1}
	for range 3 {
		changed, err := envelope.Rotation{Store: store, From: root, To: root, Holders: []envelope.Holder{h}}.Run(t.Context())
		if err != nil || changed != 1 {
			t.Fatalf("changed %d, %v", changed, err)
		}
	}
	if !h.opens(t, store, root) {
		t.Error("the store does not open")
	}
}

func TestRotationToAThirdRootWaits(t *testing.T) {
	t.Parallel()
	store, from, to, third := &envelopetest.Store{}, envelopetest.NewRoot(t), envelopetest.NewRoot(t), envelopetest.NewRoot(t)
	ring, err := envelope.Create(t.Context(), store, from)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := ring.Seal(t.Context(), []byte("secret 0"), where)
	if err != nil {
		t.Fatal(err)
	}
	h := &holder{kept: [][]byte{sealed}}
	if _, err := (envelope.Rotation{Store: store, From: from, To: to, Holders: []envelope.Holder{h}}).Run(t.Context()); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	h.killAfter = -1
	if _, err := (envelope.Rotation{Store: store, From: from, To: third, Holders: []envelope.Holder{h}}).Run(t.Context()); err == nil {
		t.Error("a second rotation began inside the first")
	}
	if !h.opens(t, store, from) || !h.opens(t, store, to) {
		t.Error("one of the two root secrets lost the store")
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	root := envelopetest.NewRoot(t)
	store := &envelopetest.Store{}
	if _, err := envelope.Load(t.Context(), store, root); !errors.Is(err, envelope.ErrNoRecord) {
		t.Errorf("an empty store: %v", err)
	}
	if _, err := envelope.Create(t.Context(), store, root); err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.Create(t.Context(), store, root); !errors.Is(err, envelope.ErrRecordExists) {
		t.Errorf("created twice: %v", err)
	}
	if _, err := envelope.Load(t.Context(), store, envelopetest.NewRoot(t)); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("another root secret: %v", err)
	}
	for name, raw := range map[string]string{"newer": `{"version":2}`, "torn": `{"version":1,"copies":[{"ro`, "empty": `{}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &envelopetest.Store{}
			if err := store.ReplaceWrappingRecord(t.Context(), nil, []byte(raw)); err != nil {
				t.Fatal(err)
			}
			if _, err := envelope.Load(t.Context(), store, root); err == nil {
				t.Error("loaded")
			}
		})
	}
}
