package kms

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/policy"
)

// held is a key in memory with all that calls need, as it was at one moment. It is immutable.
type held struct {
	Key
	arn       string
	materials []heldMaterial // in the order of their making
	aliases   []string
	tags      []Tag
	grants    []Grant
	policies  *policy.Set

	writes uint64    // Service.writes before it was read
	until  time.Time // when it must be read again
}

// heldMaterial is a material, opened if it is present.
type heldMaterial struct {
	Material
	open material.Material
}

// cacheName is the name of a key in Service.known.
type cacheName struct{ region, id string }

// aliasTarget is where an alias led at one moment; keyID is empty where there was none.
type aliasTarget struct {
	keyID  string
	writes uint64
	until  time.Time
}

// key gives the key with id, wherever it belongs, as it is now. Where there is none, or its deletion date has come, it fails with ErrNoRow.
func (s *Service) key(ctx context.Context, region, id string) (*held, error) {
	now, name := s.now(), cacheName{region, id}
	last, _ := s.known.Load(name)
	old, _ := last.(*held)
	if old == nil || old.writes != s.writes.Load() || !now.Before(old.until) {
		var err error
		if old, err = s.read(ctx, name, old); err != nil {
			if errors.Is(err, ErrNoRow) {
				s.known.Delete(name)
			}
			return nil, err
		}
		s.known.Store(name, old)
	}
	if old.State == PendingDeletion && !now.Before(old.DeletionAt) {
		return nil, ErrNoRow
	}
	return old, nil
}

// read reads a key anew and opens those of its materials that old does not hold open already.
func (s *Service) read(ctx context.Context, name cacheName, old *held) (*held, error) {
	h := &held{writes: s.writes.Load(), until: s.now().Add(s.fresh)}
	var rows []Material
	err := s.store.View(ctx, func(tx Tx) (err error) {
		if h.Key, err = tx.Key(name.region, name.id); err != nil {
			return err
		}
		if rows, err = tx.Materials(name.region, name.id); err != nil {
			return err
		}
		aliases, err := tx.Aliases(h.Scope, name.id, 0, maxAliases)
		if err != nil {
			return err
		}
		for _, a := range aliases {
			h.aliases = append(h.aliases, a.Name)
		}
		if h.grants, err = tx.Grants(name.region, name.id, 0, maxGrants); err != nil {
			return err
		}
		h.tags, err = tx.Tags(name.region, name.id)
		return err
	})
	if err != nil {
		return nil, err
	}
	h.arn = h.ARN()
	if err := s.open(ctx, h, rows, old); err != nil {
		return nil, err
	}
	document, err := policy.Parse(policy.Key, h.Policy)
	if err != nil {
		return nil, fmt.Errorf("policy of %s: %w", h.arn, err)
	}
	if h.policies, err = policy.NewSet(policy.Key, document.Compile(h.arn)); err != nil {
		return nil, fmt.Errorf("policy of %s: %w", h.arn, err)
	}
	return h, nil
}

// maxAliases and maxGrants bound what is held of a key; more than the quotas allow.
const (
	maxAliases = 10_000
	maxGrants  = 200_000
)

// open unwraps materials.
func (s *Service) open(ctx context.Context, h *held, rows []Material, old *held) error {
	for _, row := range rows {
		m := heldMaterial{Material: row}
		switch before := old.material(row.ID); {
		case row.Wrapped == nil:
		case before != nil && bytes.Equal(before.Wrapped, row.Wrapped):
			m.open = before.open
		default:
			var err error
			if m.open, err = material.Unwrap(ctx, h.Spec, s.sealer, row.Wrapped, row.wrapContext()); err != nil {
				return fmt.Errorf("open material %s of %s: %w", row.ID, h.arn, err)
			}
		}
		h.materials = append(h.materials, m)
	}
	return nil
}

// material gives the material with id, or nil.
func (h *held) material(id string) *heldMaterial {
	if h == nil {
		return nil
	}
	for i := range h.materials {
		if h.materials[i].ID == id {
			return &h.materials[i]
		}
	}
	return nil
}

// current gives the material that seals, or nil where none was ever imported.
func (h *held) current() *heldMaterial {
	for i := range h.materials {
		if h.materials[i].State == Current {
			return &h.materials[i]
		}
	}
	return nil
}

// pending gives the imported material that waits for a rotation, or nil.
func (h *held) pending() *heldMaterial {
	for i := range h.materials {
		if h.materials[i].State == PendingRotation {
			return &h.materials[i]
		}
	}
	return nil
}

// state gives the state as callers see it.
func (h *held) state(now time.Time) State {
	if h.State == PendingDeletion || h.Origin != OriginExternal {
		return h.State
	}
	if h.current() == nil {
		return PendingImport
	}
	for i := range h.materials {
		if m := &h.materials[i]; m.State != PendingRotation && !m.present(now) {
			return PendingImport
		}
	}
	return h.State
}

// find gives the key that a caller names: key id, key ARN, alias name or alias ARN. The aliases of services lead to keys that are made when
// their account first asks for them.
func (s *Service) find(ctx context.Context, scope Scope, text string) (*held, error) {
	ref, err := parseReference(scope, text)
	if err != nil {
		return nil, err
	}
	if ref.alias == "" {
		return s.findID(ctx, ref)
	}
	id, err := s.aliasTarget(ctx, ref.Scope, ref.alias)
	// Only in the caller's own account: nobody makes keys for others, and this runs before the call is authorised.
	if service, ok := serviceOf(ref.alias); ok && ref.Scope == scope && fault.Is(err, fault.NotFound) {
		id, err = s.makeServiceKey(ctx, scope, service)
	}
	if err != nil {
		return nil, err
	}
	ref.id = id
	return s.findID(ctx, ref)
}

// findKey is find for operations that take no alias.
func (s *Service) findKey(ctx context.Context, scope Scope, text string) (*held, error) {
	ref, err := parseReference(scope, text)
	if err != nil {
		return nil, err
	}
	if ref.alias != "" {
		return nil, refuse(fault.Invalid, InvalidARN, "Invalid keyId '%s'", text)
	}
	return s.findID(ctx, ref)
}

func (s *Service) findID(ctx context.Context, ref reference) (*held, error) {
	h, err := s.key(ctx, ref.Region, ref.id)
	if errors.Is(err, ErrNoRow) || err == nil && h.Account != ref.Account {
		return nil, errNoKey(ref.ARN(ref.id))
	}
	return h, err
}

// aliasTarget gives the id of the key that an alias leads to.
func (s *Service) aliasTarget(ctx context.Context, scope Scope, name string) (string, error) {
	now, aliasARN := s.now(), scope.AliasARN(name)
	if last, ok := s.known.Load(aliasARN); ok {
		if t, ok := last.(*aliasTarget); ok && t.writes == s.writes.Load() && now.Before(t.until) {
			return t.keyID, nil
		}
	}
	t := &aliasTarget{writes: s.writes.Load(), until: now.Add(s.fresh)}
	alias, err := view(ctx, s.store, func(tx Tx) (Alias, error) { return tx.Alias(scope, name) })
	if errors.Is(err, ErrNoRow) {
		s.known.Delete(aliasARN)
		return "", errNoAlias(aliasARN)
	}
	if err != nil {
		return "", err
	}
	t.keyID = alias.KeyID
	s.known.Store(aliasARN, t)
	return t.keyID, nil
}
