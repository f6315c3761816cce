package kms

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// The days between automatic rotations.
const (
	defaultPeriod = 365
	leastPeriod   = 90
	mostPeriod    = 2560
)

// rotating refuses keys that KMS does not rotate.
func (h *held) rotating(imported bool) error {
	if !h.rotatable() {
		return refuse(fault.Invalid, Unsupported, "")
	}
	if h.Origin != OriginKMS && !imported {
		return refuse(fault.Invalid, Unsupported, "%s origin is %s which is not valid for this operation.", h.arn, h.Origin)
	}
	return nil
}

// EnableRotation lets a key rotate by itself every period days, 365 where it is 0.
func (s *Service) EnableRotation(ctx context.Context, scope Scope, key string, period int) error {
	if period == 0 {
		period = defaultPeriod
	}
	if period < leastPeriod || period > mostPeriod {
		return fault.New(fault.Invalid, "RotationPeriodInDays must be between %d and %d.", leastPeriod, mostPeriod)
	}
	return s.setRotation(ctx, scope, key, func(k *Key) {
		k.Rotates, k.Period, k.NextRotation = true, period, s.time().AddDate(0, 0, period)
	})
}

// DisableRotation ends automatic rotation.
func (s *Service) DisableRotation(ctx context.Context, scope Scope, key string) error {
	return s.setRotation(ctx, scope, key, func(k *Key) { k.Rotates, k.NextRotation = false, time.Time{} })
}

func (s *Service) setRotation(ctx context.Context, scope Scope, key string, set func(*Key)) error {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return err
	}
	if err := h.rotating(false); err != nil {
		return err
	}
	_, err = s.change(ctx, scope, key, toUse, func(k *Key) error {
		set(k)
		return nil
	})
	return err
}

// RotationStatus gives a key whose Rotates, Period and NextRotation say how it rotates.
func (s *Service) RotationStatus(ctx context.Context, scope Scope, key string) (Description, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return Description{}, err
	}
	if err := h.rotating(true); err != nil {
		return Description{}, err
	}
	return h.describe(s.now()), nil
}

// RotateOnDemand gives a key new material now: fresh, or what was imported for it.
func (s *Service) RotateOnDemand(ctx context.Context, scope Scope, key string) (keyARN string, err error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return "", err
	}
	if err := h.mine(); err != nil {
		return "", err
	}
	if err := h.rotating(true); err != nil {
		return "", err
	}
	if err := h.must(toUse, s.now()); err != nil {
		return "", err
	}
	if s.limits.Rotations > 0 && h.OnDemand >= s.limits.Rotations {
		return "", fault.New(fault.OverQuota, "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: %s", h.arn)
	}
	return h.arn, s.rotate(ctx, h, OnDemand)
}

// rotate makes the next material current.
func (s *Service) rotate(ctx context.Context, h *held, by RotationType) error {
	next, imported, err := s.nextMaterial(ctx, h)
	if err != nil {
		return err
	}
	now := s.time()
	next.State, next.RotatedAt, next.Rotation = Current, now, by
	return s.update(ctx, func(tx Tx) error {
		key, err := tx.Key(h.Region, h.ID)
		if err != nil {
			return noKey(h, err)
		}
		if key.OnDemand != h.OnDemand || key.NextRotation != h.NextRotation || key.State != h.State {
			return fault.New(fault.Conflict, "%s is being changed by somebody else.", h.arn)
		}
		if err := retireCurrent(tx, h); err != nil {
			return err
		}
		if imported {
			err = tx.ReplaceMaterial(next)
		} else {
			err = tx.InsertMaterial(next)
		}
		if err != nil {
			return err
		}
		if by == OnDemand {
			key.OnDemand++
		} else {
			key.NextRotation = now.AddDate(0, 0, key.Period)
		}
		key.DueAt = h.dueAt(&key)
		return tx.ReplaceKey(key)
	})
}

// retireCurrent makes the current material one that only opens.
func retireCurrent(tx Tx, h *held) error {
	rows, err := tx.Materials(h.Region, h.ID)
	if err != nil {
		return err
	}
	for _, m := range rows {
		if m.State != Current {
			continue
		}
		m.State = NonCurrent
		if err := tx.ReplaceMaterial(m); err != nil {
			return err
		}
	}
	return nil
}

// nextMaterial gives what a rotation makes current.
func (s *Service) nextMaterial(ctx context.Context, h *held) (next Material, imported bool, err error) {
	if h.Origin == OriginKMS {
		next, err = s.newMaterial(ctx, &h.Key)
		return next, false, err
	}
	if m := h.pending(); m != nil && m.present(s.now()) {
		return m.Material, true, nil
	}
	return Material{}, false, refuse(fault.Conflict, InvalidState, "No available key material pending rotation for the key: %s.", h.arn)
}

// Rotations gives at most limit materials of a key in the order of their making, from the first whose Sequence is above after: every one,
// or those alone that a rotation made current.
func (s *Service) Rotations(ctx context.Context, scope Scope, key string, all Completeness, after int64, limit int) (keyARN string, out []Material, err error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return "", nil, err
	}
	if err := h.rotating(true); err != nil {
		return "", nil, err
	}
	for _, m := range h.materials {
		if len(out) < limit && m.Sequence > after && (bool(all) || !m.RotatedAt.IsZero()) {
			out = append(out, m.Material)
		}
	}
	return h.arn, out, nil
}

// Completeness says whether a list of materials shows those too that no rotation made.
type Completeness bool
