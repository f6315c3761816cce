package kms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
)

func dataKeys(t *testing.T, b *bench, cache time.Duration) *kms.DataKeys {
	t.Helper()
	d, err := kms.NewDataKeys(b.Service, cache)
	ok(t, err)
	return d
}

func TestSealerContract(t *testing.T) {
	t.Parallel()
	for name, cache := range map[string]time.Duration{"cached": time.Minute, "uncached": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			d := dataKeys(t, b, cache)
			envelopetest.Run(t, d.Sealer(b.symmetric(t).ARN(), kms.User{}), d.Sealer(b.symmetric(t).ARN(), kms.User{}))
		})
	}
}

// TestAKeyThatIsTakenAwayFailsClosed: within the cache time and not a moment later, and works again at once when it comes back.
func TestAKeyThatIsTakenAwayFailsClosed(t *testing.T) {
	t.Parallel()
	where := map[string]string{"arn": "guardrail"}
	allowed := true
	for name, c := range map[string]struct {
		take, give func(t *testing.T, b *bench, key string) error
	}{
		"disabled": {
			func(t *testing.T, b *bench, key string) error { return b.Disable(t.Context(), home, key) },
			func(t *testing.T, b *bench, key string) error { return b.Enable(t.Context(), home, key) },
		},
		"deleted": {
			func(t *testing.T, b *bench, key string) error {
				_, err := b.ScheduleDeletion(t.Context(), home, key, 7)
				return err
			},
			func(t *testing.T, b *bench, key string) error {
				_, err := b.CancelDeletion(t.Context(), home, key)
				return errors.Join(err, b.Enable(t.Context(), home, key))
			},
		},
		"refused": {
			func(*testing.T, *bench, string) error { allowed = false; return nil },
			func(*testing.T, *bench, string) error { allowed = true; return nil },
		},
	} {
		for _, cache := range []time.Duration{0, time.Minute} {
			t.Run(name+" "+cache.String(), func(t *testing.T) {
				b := setup(t)
				key := b.symmetric(t)
				s := dataKeys(t, b, cache).Sealer(key.ARN(), kms.User{Principal: "p", Permit: func(context.Context, string, kms.Operation, map[string]string) error {
					if !allowed {
						return fault.New(fault.Denied, "no")
					}
					return nil
				}})
				sealed, err := s.Seal(t.Context(), []byte("config"), where)
				ok(t, err)
				try := func() error {
					_, openErr := s.Open(t.Context(), sealed, where)
					_, sealErr := s.Seal(t.Context(), []byte("config"), where)
					if (openErr == nil) != (sealErr == nil) {
						t.Errorf("open %v, seal %v", openErr, sealErr)
					}
					return openErr
				}
				ok(t, try())
				ok(t, c.take(t, b, key.ID))
				b.clock.advance(max(0, cache-time.Nanosecond))
				if err := try(); cache > 0 && err != nil {
					t.Errorf("within the cache time: %v", err)
				}
				b.clock.advance(time.Nanosecond)
				if err := try(); !fault.Is(err, fault.Denied) {
					t.Errorf("after the cache time: %v", err)
				}
				ok(t, c.give(t, b, key.ID))
				ok(t, try())
			})
		}
	}
}

// TestUsersAreKeptApart: what one user was allowed opens nothing for another.
func TestUsersAreKeptApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key, d := b.symmetric(t), dataKeys(t, b, time.Hour)
	sealed, err := d.Sealer(key.ARN(), kms.User{Principal: "one"}).Seal(t.Context(), []byte("x"), nil)
	ok(t, err)
	other := d.Sealer(key.ARN(), kms.User{Principal: "two", Permit: func(context.Context, string, kms.Operation, map[string]string) error {
		return fault.New(fault.Denied, "no")
	}})
	if _, err := other.Open(t.Context(), sealed, nil); !fault.Is(err, fault.Denied) {
		t.Errorf("%v", err)
	}
}

func TestAnotherKeysCiphertextDoesNotOpen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	d := dataKeys(t, b, time.Minute)
	sealed, err := d.Sealer(b.symmetric(t).ARN(), kms.User{}).Seal(t.Context(), []byte("x"), nil)
	ok(t, err)
	if _, err := d.Sealer(b.symmetric(t).ARN(), kms.User{}).Open(t.Context(), sealed, nil); !errors.Is(err, envelope.ErrOpen) {
		t.Errorf("%v", err)
	}
}
