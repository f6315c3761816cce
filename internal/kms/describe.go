package kms

import (
	"context"
	"time"
)

// Description is a key as callers see it.
type Description struct {
	Key
	// State hides the stored one: it can also be PendingImport.
	State State
	// CurrentMaterial is the id of a symmetric key's current material.
	CurrentMaterial string
	// Imported says that a key of origin EXTERNAL has material now, and ValidTo until when; it is zero for material that stays.
	Imported bool
	ValidTo  time.Time
}

func (h *held) describe(now time.Time) Description {
	d := Description{Key: h.Key, State: h.state(now)}
	current := h.current()
	if current == nil {
		return d
	}
	if h.rotatable() {
		d.CurrentMaterial = current.ID
	}
	if h.Origin == OriginExternal && current.present(now) {
		d.Imported, d.ValidTo = true, current.ValidTo
	}
	return d
}

// Describe gives the key that is named by id, ARN or alias. It works in every state.
func (s *Service) Describe(ctx context.Context, scope Scope, key string) (Description, error) {
	h, err := s.find(ctx, scope, key)
	if err != nil {
		return Description{}, err
	}
	return h.describe(s.now()), nil
}

// List gives at most limit keys of the scope in the order of their creation, from the first whose Sequence is above after.
func (s *Service) List(ctx context.Context, scope Scope, after int64, limit int) ([]Key, error) {
	keys, err := view(ctx, s.store, func(tx Tx) ([]Key, error) { return tx.Keys(scope, after, limit) })
	if err != nil {
		return nil, err
	}
	now, live := s.now(), keys[:0]
	for _, k := range keys {
		if k.State != PendingDeletion || now.Before(k.DeletionAt) {
			live = append(live, k)
		}
	}
	return live, nil
}
