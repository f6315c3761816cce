package kms

import (
	"context"
	"slices"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/policy"
)

// CreateInput is a key to be made. Empty members take KMS's defaults.
type CreateInput struct {
	Spec        material.Spec  // default Symmetric
	Usage       material.Usage // default EncryptDecrypt, for symmetric keys alone
	Origin      Origin         // default OriginKMS
	Description string
	Policy      string // default: the account may do everything
	Tags        []Tag
	MultiRegion bool
	// Caller is who has to be able to change the policy again, unless Bypass waives that.
	Caller policy.Principal
	Bypass Bypass
}

// Bypass waives the check that a key policy does not lock its author out.
type Bypass bool

// Create makes a key. It gives faults of kind Invalid, with reason Unsupported, MalformedPolicy or InvalidTag where one fits, and
// OverQuota.
func (s *Service) Create(ctx context.Context, scope Scope, in CreateInput) (Description, error) {
	key, err := s.propose(scope, in)
	if err != nil {
		return Description{}, err
	}
	if err := checkTags(in.Tags); err != nil {
		return Description{}, err
	}
	if s.limits.Tags > 0 && len(in.Tags) > s.limits.Tags {
		return Description{}, errManyTags()
	}
	if err := checkPolicy(&key, in.Policy, in.Caller, in.Bypass); err != nil {
		return Description{}, err
	}
	var first []Material
	if key.Origin == OriginKMS {
		m, err := s.newMaterial(ctx, &key)
		if err != nil {
			return Description{}, err
		}
		first = append(first, m)
	}
	err = s.update(ctx, func(tx Tx) error { return s.insert(tx, key, first, in.Tags) })
	if err != nil {
		return Description{}, err
	}
	return s.Describe(ctx, scope, key.ID)
}

// insert writes a new key with all that it comes with.
func (s *Service) insert(tx Tx, key Key, materials []Material, tags []Tag) error {
	if s.limits.Keys > 0 && key.Manager == ByCustomer {
		n, err := tx.CountKeys(key.Scope)
		if err != nil {
			return err
		}
		if n >= s.limits.Keys {
			return fault.New(fault.OverQuota, "The account has reached the maximum of %d keys in this Region.", s.limits.Keys)
		}
	}
	if err := tx.InsertKey(key); err != nil {
		return err
	}
	for _, m := range materials {
		if err := tx.InsertMaterial(m); err != nil {
			return err
		}
	}
	for _, t := range tags {
		if err := tx.PutTag(key.Region, key.ID, t); err != nil {
			return err
		}
	}
	return nil
}

// propose fills in defaults and refuses what does not fit together.
func (s *Service) propose(scope Scope, in CreateInput) (Key, error) {
	key := Key{
		Scope: scope, ID: ident.UUID(), Description: in.Description, Spec: in.Spec, Usage: in.Usage, Origin: in.Origin,
		Manager: ByCustomer, MultiRegion: in.MultiRegion, State: Enabled, Policy: in.Policy, CreatedAt: s.time(),
	}
	if key.MultiRegion {
		key.ID = multiRegionPrefix + newID(16)
	}
	if key.Spec == "" {
		key.Spec = material.Symmetric
	}
	if key.Origin == "" {
		key.Origin = OriginKMS
	}
	if key.Policy == "" {
		key.Policy = defaultPolicy(scope)
	}
	switch {
	case !key.Spec.Valid():
		return Key{}, refuse(fault.Invalid, Unsupported, "KeySpec %s is not supported.", key.Spec)
	case key.Origin != OriginKMS && key.Origin != OriginExternal:
		return Key{}, refuse(fault.Invalid, Unsupported, "Origin %s is not supported.", key.Origin)
	case key.Usage == "" && key.Spec == material.Symmetric:
		key.Usage = material.EncryptDecrypt
	case key.Usage == "":
		return Key{}, fault.New(fault.Invalid, "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
	}
	if !slices.Contains(key.Spec.Usages(), key.Usage) {
		return Key{}, fault.New(fault.Invalid, "KeyUsage %s is not compatible with KeySpec %s", key.Usage, key.Spec)
	}
	return key, nil
}

// newMaterial draws material for a key.
func (s *Service) newMaterial(ctx context.Context, key *Key) (Material, error) {
	drawn, err := material.Generate(key.Spec)
	if err != nil {
		return Material{}, err
	}
	m := Material{Scope: key.Scope, KeyID: key.ID, ID: newID(32), State: Current}
	m.Wrapped, err = drawn.Wrap(ctx, s.sealer, m.wrapContext())
	return m, err
}
