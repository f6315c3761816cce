package kms_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"merlon.dev/merlon/internal/kms"
)

// TestDisablingIsAtOnce: while others use the key and it is rotated, no call that begins after DisableKey has answered succeeds, and none
// that begins after EnableKey has answered fails.
func TestDisablingIsAtOnce(t *testing.T) {
	t.Parallel()
	const users, rounds = 4, 8
	b := setup(t)
	key := b.symmetric(t)
	sealed := b.seal(t, key.ID, nil)
	// phase is even while the key is surely enabled or disabled, and odd while that changes.
	var phase atomic.Int64
	done := make(chan struct{})
	var served [3]atomic.Int64
	var all sync.WaitGroup
	for range users {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				before := phase.Load()
				_, err := b.Decrypt(t.Context(), home, kms.DecryptInput{Ciphertext: sealed})
				after := phase.Load()
				switch reason := reasonOf(err); {
				case reason != "" && reason != kms.IsDisabled:
					t.Errorf("decrypt: %v", err)
				case before != after || before%2 == 1:
					served[2].Add(1) // it ran beside a change: both answers are right
				case (before%4 == 0) != (err == nil):
					t.Errorf("phase %d: %v", before, err)
				case err == nil:
					served[0].Add(1)
				default:
					served[1].Add(1)
				}
			}
		})
	}
	for i := range rounds {
		enabled, disabled := served[0].Load(), served[1].Load()
		for served[0].Load() == enabled && !t.Failed() {
			b.seal(t, key.ID, nil)
		}
		if i%4 == 0 {
			_, err := b.RotateOnDemand(t.Context(), home, key.ID)
			ok(t, err)
		}
		phase.Add(1)
		ok(t, b.Disable(t.Context(), home, key.ID))
		phase.Add(1)
		for served[1].Load() == disabled && !t.Failed() {
			if _, err := b.Describe(t.Context(), home, key.ID); err != nil {
				t.Error(err)
			}
		}
		phase.Add(1)
		ok(t, b.Enable(t.Context(), home, key.ID))
		phase.Add(1)
	}
	close(done)
	all.Wait()
	t.Logf("%d allowed, %d refused, %d beside a change", served[0].Load(), served[1].Load(), served[2].Load())
}
