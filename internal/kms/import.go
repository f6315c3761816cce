package kms

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
)

// mostValidity is how far ahead the expiry of imported material may lie.
const mostValidity = 365 * 24 * time.Hour

// ImportInput is wrapped material.
type ImportInput struct {
	Key         string
	Token       []byte
	Wrapped     []byte
	Expires     Expiry
	ValidTo     time.Time
	New         Novelty
	Description string
	MaterialID  string // of the material that is imported again, or empty
}

// Expiry says whether imported material ends by itself.
type Expiry bool

// Novelty says whether material is new to its key, as opposed to imported again.
type Novelty bool

// Import takes material for a key of origin EXTERNAL. The first makes the key usable, further new material of a symmetric key waits for
// a rotation, and material that was deleted or has expired can be brought back: it must be the same.
func (s *Service) Import(ctx context.Context, scope Scope, in ImportInput) (keyARN, materialID string, err error) {
	h, err := s.external(ctx, scope, in.Key)
	if err != nil {
		return "", "", err
	}
	if err := s.checkValidity(in); err != nil {
		return "", "", err
	}
	raw, err := s.openImport(ctx, h, in.Token, in.Wrapped)
	if err != nil {
		return "", "", err
	}
	defer envelope.Zero(raw)
	opened, err := material.Import(h.Spec, raw)
	if err != nil {
		return "", "", refuse(fault.Invalid, WrongMaterial, "%s", fault.From(err).Message)
	}
	digest := sha256.Sum256(raw)
	m, known, err := s.placeOf(ctx, h, in, digest[:])
	if err != nil {
		return "", "", err
	}
	m.ValidTo = time.Time{}
	if in.Expires {
		m.ValidTo = in.ValidTo.UTC().Truncate(time.Microsecond)
	}
	if in.Description != "" {
		m.Description = in.Description
	}
	if m.Wrapped, err = opened.Wrap(ctx, s.sealer, m.wrapContext()); err != nil {
		return "", "", err
	}
	if !known {
		if m.Print, err = s.sealer.Seal(ctx, digest[:], m.printContext()); err != nil {
			return "", "", err
		}
	}
	wasPending := h.state(s.now()) == PendingImport
	err = s.keepMaterial(ctx, h, m, known, func(k *Key) {
		if wasPending {
			k.State = Enabled
		}
	})
	return h.arn, m.ID, err
}

func (s *Service) checkValidity(in ImportInput) error {
	now := s.now()
	switch {
	case bool(in.Expires) && in.ValidTo.IsZero():
		return fault.New(fault.Invalid, "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
	case !bool(in.Expires) && !in.ValidTo.IsZero():
		return fault.New(fault.Invalid, "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE")
	case bool(in.Expires) && (!in.ValidTo.After(now) || in.ValidTo.After(now.Add(mostValidity))):
		return fault.New(fault.Invalid, "The validTo date must lie in the future, at most 365 days ahead")
	default:
		return nil
	}
}

// placeOf gives the row that imported material belongs in; known says that it is there already.
func (s *Service) placeOf(ctx context.Context, h *held, in ImportInput, digest []byte) (m Material, known bool, err error) {
	for i := range h.materials {
		before := h.materials[i].Material
		if in.MaterialID != "" && in.MaterialID != before.ID {
			continue
		}
		print, err := s.sealer.Open(ctx, before.Print, before.printContext())
		if err != nil {
			return Material{}, false, err
		}
		if subtle.ConstantTimeCompare(print, digest) == 1 {
			return before, true, nil
		}
	}
	fresh := Material{Scope: h.Scope, KeyID: h.ID, ID: newID(32), State: Current}
	switch {
	case len(h.materials) == 0 && in.MaterialID == "":
		return fresh, false, nil
	case !bool(in.New):
		return Material{}, false, refuse(fault.Invalid, WrongMaterial, "The key material in the request is not identical to the key material that was previously imported into this KMS key.")
	case !h.rotatable():
		return Material{}, false, refuse(fault.Invalid, Unsupported, "%s key spec is %s which cannot have new key material.", h.arn, h.Spec)
	}
	if waiting := h.pending(); waiting != nil {
		return Material{}, false, refuse(fault.Conflict, InvalidState,
			"New key material (id: %s) cannot be imported into KMS key %s, because another key material (id: %s) is pending rotation.", fresh.ID, h.arn, waiting.ID)
	}
	fresh.State = PendingRotation
	return fresh, false, nil
}

// keepMaterial writes a material and what it means for its key.
func (s *Service) keepMaterial(ctx context.Context, h *held, m Material, known bool, change func(*Key)) error {
	return s.update(ctx, func(tx Tx) error {
		key, err := tx.Key(h.Region, h.ID)
		if err != nil {
			return noKey(h, err)
		}
		rows, err := tx.Materials(h.Region, h.ID)
		if err != nil {
			return err
		}
		if len(rows) != len(h.materials) || key.State != h.State {
			return fault.New(fault.Conflict, "%s is being changed by somebody else.", h.arn)
		}
		if known {
			err = tx.ReplaceMaterial(m)
		} else {
			err = tx.InsertMaterial(m)
		}
		if err != nil {
			return err
		}
		change(&key)
		expiries := expiriesOf(slices.DeleteFunc(rows, func(other Material) bool { return other.ID == m.ID }))
		key.DueAt = key.due(append(expiries, expiriesOf([]Material{m})...))
		return tx.ReplaceKey(key)
	})
}

// DeleteImported forgets imported material: the current one, unless materialID names another. The key is PendingImport until it is imported
// again.
func (s *Service) DeleteImported(ctx context.Context, scope Scope, key, materialID string) (keyARN, deleted string, err error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return "", "", err
	}
	if h.Origin != OriginExternal {
		return "", "", refuse(fault.Invalid, Unsupported, "%s origin is %s which is not valid for this operation.", h.arn, h.Origin)
	}
	m := h.current()
	if materialID != "" {
		m = h.material(materialID)
	}
	switch {
	case m == nil && materialID != "":
		return "", "", fault.New(fault.NotFound, "%s has no key material %s", h.arn, materialID)
	case m == nil || m.Wrapped == nil:
		return h.arn, materialID, nil // nothing is left to delete
	}
	gone := m.Material
	gone.Wrapped, gone.ValidTo = nil, time.Time{}
	return h.arn, gone.ID, s.keepMaterial(ctx, h, gone, true, func(*Key) {})
}
