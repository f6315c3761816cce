package kms

import (
	"context"
	"errors"
	"slices"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// change rewrites a key that its owner manages, if its state admits demand. change must not wait for anything.
func (s *Service) change(ctx context.Context, scope Scope, key string, d demand, change func(*Key) error) (*held, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return nil, err
	}
	if err := h.mine(); err != nil {
		return nil, err
	}
	if err := h.must(d, s.now()); err != nil {
		return nil, err
	}
	return h, s.update(ctx, func(tx Tx) error {
		now, err := tx.Key(h.Region, h.ID)
		if errors.Is(err, ErrNoRow) {
			return errNoKey(h.arn)
		}
		if err != nil {
			return err
		}
		// Another call may have been faster than the look above.
		if err := (&held{Key: now, arn: h.arn, materials: h.materials}).must(d, s.now()); err != nil {
			return err
		}
		if err := change(&now); err != nil {
			return err
		}
		now.DueAt = h.dueAt(&now)
		return tx.ReplaceKey(now)
	})
}

// due gives when Sweep has to look at the key: the first of its dates, or the zero time.
func (k *Key) due(expiries []time.Time) time.Time {
	dates := slices.Clone(expiries)
	if k.State == PendingDeletion {
		dates = append(dates, k.DeletionAt)
	} else if k.Rotates {
		dates = append(dates, k.NextRotation)
	}
	if len(dates) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(dates, time.Time.Compare)
}

// Enable makes a disabled key usable again.
func (s *Service) Enable(ctx context.Context, scope Scope, key string) error {
	_, err := s.change(ctx, scope, key, toSwitch, func(k *Key) error {
		k.State = Enabled
		return nil
	})
	return err
}

// Disable makes a key unusable until it is enabled again.
func (s *Service) Disable(ctx context.Context, scope Scope, key string) error {
	_, err := s.change(ctx, scope, key, toSwitch, func(k *Key) error {
		k.State = Disabled
		return nil
	})
	return err
}

// Redescribe replaces a key's description.
func (s *Service) Redescribe(ctx context.Context, scope Scope, key, description string) error {
	_, err := s.change(ctx, scope, key, toAdminister, func(k *Key) error {
		k.Description = description
		return nil
	})
	return err
}

// The waiting time before a key is deleted, in days.
const (
	leastWindow = 7
	mostWindow  = 30
)

// ScheduleDeletion ends a key after window days, 30 where it is 0. From now on it cannot be used.
func (s *Service) ScheduleDeletion(ctx context.Context, scope Scope, key string, window int) (Description, error) {
	if window == 0 {
		window = mostWindow
	}
	if window < leastWindow || window > mostWindow {
		return Description{}, fault.New(fault.Invalid, "PendingWindowInDays must be between %d and %d days (inclusive).", leastWindow, mostWindow)
	}
	h, err := s.change(ctx, scope, key, toAdminister, func(k *Key) error {
		k.State, k.Window, k.DeletionAt = PendingDeletion, window, s.time().AddDate(0, 0, window)
		return nil
	})
	if err != nil {
		return Description{}, err
	}
	return s.Describe(ctx, scope, h.arn)
}

// CancelDeletion keeps a key that waits for its deletion, disabled.
func (s *Service) CancelDeletion(ctx context.Context, scope Scope, key string) (keyARN string, err error) {
	h, err := s.change(ctx, scope, key, toCancel, func(k *Key) error {
		k.State, k.Window, k.DeletionAt = Disabled, 0, time.Time{}
		return nil
	})
	if err != nil {
		return "", err
	}
	return h.arn, nil
}
