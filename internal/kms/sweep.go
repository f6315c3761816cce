package kms

import (
	"context"
	"errors"
	"slices"
	"time"

	"merlon.dev/merlon/internal/envelope"
)

// sweepPage and rewrapPage bound how many rows are in memory at one time.
const (
	sweepPage  = 100
	rewrapPage = 500
)

// Sweep does what is due: it removes keys whose waiting time is over and imported material that has expired, and rotates keys. It is to be
// called now and then; deletion and expiry take effect in time without it.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		due, err := view(ctx, s.store, func(tx Tx) ([]Key, error) { return tx.DueKeys(s.time(), sweepPage) })
		if err != nil {
			return err
		}
		for i := range due {
			if err := s.sweep(ctx, &due[i]); err != nil {
				return err
			}
		}
		if len(due) < sweepPage {
			return nil
		}
	}
}

func (s *Service) sweep(ctx context.Context, k *Key) error {
	now := s.time()
	if k.State == PendingDeletion && !now.Before(k.DeletionAt) {
		err := s.update(ctx, func(tx Tx) error { return tx.DeleteKey(k.Region, k.ID) })
		s.known.Delete(cacheName{k.Region, k.ID})
		if errors.Is(err, ErrNoRow) {
			return nil
		}
		return err
	}
	h, err := s.key(ctx, k.Region, k.ID)
	if errors.Is(err, ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	if k.Rotates && k.State == Enabled && !now.Before(k.NextRotation) {
		return s.rotate(ctx, h, Automatic)
	}
	return s.expire(ctx, h, now)
}

// expire forgets material whose time is over, and puts off the rotation of a key that cannot rotate now.
func (s *Service) expire(ctx context.Context, h *held, now time.Time) error {
	return s.update(ctx, func(tx Tx) error {
		key, err := tx.Key(h.Region, h.ID)
		if err != nil {
			return err
		}
		rows, err := tx.Materials(h.Region, h.ID)
		if err != nil {
			return err
		}
		for i := range rows {
			if m := &rows[i]; m.Wrapped != nil && !m.present(now) {
				m.Wrapped = nil
				if err := tx.ReplaceMaterial(*m); err != nil {
					return err
				}
			}
		}
		if key.Rotates && !now.Before(key.NextRotation) {
			key.NextRotation = now.AddDate(0, 0, 1)
		}
		key.DueAt = key.due(expiriesOf(rows))
		return tx.ReplaceKey(key)
	})
}

// expiriesOf gives when the materials that are there expire.
func expiriesOf(rows []Material) []time.Time {
	var dates []time.Time
	for _, m := range rows {
		if m.Wrapped != nil && !m.ValidTo.IsZero() {
			dates = append(dates, m.ValidTo)
		}
	}
	return dates
}

// dueAt gives when Sweep has to look at a changed row of h.
func (h *held) dueAt(k *Key) time.Time {
	rows := make([]Material, len(h.materials))
	for i, m := range h.materials {
		rows[i] = m.Material
	}
	return k.due(expiriesOf(rows))
}

var _ envelope.Holder = (*Service)(nil)

// Rewrap implements envelope.Holder: it puts all key material under the newest wrapping key. Grant and import tokens that were handed out
// before end with the old one.
func (s *Service) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	for after := int64(0); ; {
		page, err := view(ctx, s.store, func(tx Tx) ([]Material, error) { return tx.AllMaterials(after, rewrapPage) })
		if err != nil {
			return changed, err
		}
		stale := slices.Clone(page)
		stale = slices.DeleteFunc(stale, func(m Material) bool { return m.Wrapped == nil && m.Print == nil })
		var n int
		err = s.update(ctx, func(tx Tx) (err error) {
			n, err = rewrap(ctx, tx, k, stale)
			return err
		})
		changed += n
		if err != nil || len(page) < rewrapPage {
			return changed, err
		}
		after = page[len(page)-1].Sequence
	}
}

// rewrap rewrites the rows of a page that are not under the newest key.
func rewrap(ctx context.Context, tx Tx, k *envelope.Keyring, rows []Material) (changed int, err error) {
	for _, m := range rows {
		for _, part := range []struct {
			text *[]byte
			in   map[string]string
		}{{&m.Wrapped, m.wrapContext()}, {&m.Print, m.printContext()}} {
			if *part.text == nil {
				continue
			}
			rewrapped, fresh, err := k.Rewrap(ctx, *part.text, part.in)
			if err != nil {
				return changed, err
			}
			if !fresh {
				*part.text = rewrapped
				changed++
			}
		}
		if err := tx.ReplaceMaterial(m); err != nil {
			return changed, err
		}
	}
	return changed, nil
}
