package iam

import (
	"context"
	"regexp"
	"strconv"

	"merlon.dev/merlon/internal/fault"
)

var versionForm = regexp.MustCompile(`^v[1-9][0-9]{0,8}(\.[A-Za-z0-9-]*)?$`)

// ParseVersion reads "v1"; what is no version is 0, which no policy has.
func ParseVersion(text string) int {
	if !versionForm.MatchString(text) {
		return 0
	}
	n, err := strconv.Atoi(text[1:])
	if err != nil {
		return 0
	}
	return n
}

// VersionID gives the wire form of a version's number.
func VersionID(number int) string { return "v" + strconv.Itoa(number) }

// CreateVersion adds a version to a managed policy, as its default or not.
func (s *Service) CreateVersion(ctx context.Context, scope Scope, policyARN, document string, asDefault bool) (Version, error) {
	if err := checkManaged(document); err != nil {
		return Version{}, err
	}
	return update(ctx, s.store, func(tx Tx) (Version, error) {
		p, err := ownPolicy(tx, scope, policyARN)
		if err != nil {
			return Version{}, err
		}
		versions, err := tx.Versions(p.ID)
		if err != nil {
			return Version{}, err
		}
		if len(versions) >= MaxVersions {
			return Version{}, fault.New(fault.OverQuota,
				"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", MaxVersions)
		}
		p.LastVersion++
		if asDefault {
			p.DefaultVersion, p.UpdatedAt = p.LastVersion, s.time()
		}
		v := Version{p.LastVersion, document, s.time()}
		if err := tx.InsertVersion(p.ID, v); err != nil {
			return Version{}, err
		}
		return v, tx.ReplacePolicy(p)
	})
}

// Version gives a version of a managed policy and whether it is the default.
func (s *Service) Version(ctx context.Context, scope Scope, policyARN, id string) (v Version, isDefault bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		p, err := findPolicy(tx, scope, policyARN)
		if err != nil {
			return err
		}
		number := ParseVersion(id)
		v, err = version(tx, p, number)
		isDefault = number == p.DefaultVersion
		return orNotFound(err, "Policy %s version %s does not exist or is not attachable.", policyARN, id)
	})
	return v, isDefault, err
}

// version reads a version of a policy, wherever it is kept.
func version(tx Tx, p Policy, number int) (Version, error) {
	if provided, ok := provided(p.Name); ok && provided.ID == p.ID {
		if number != provided.DefaultVersion {
			return Version{}, ErrNoRow
		}
		return Version{number, provided.document, provided.CreatedAt}, nil
	}
	return tx.Version(p.ID, number)
}

// Versions gives a managed policy's versions, the newest first, and the number of the default.
func (s *Service) Versions(ctx context.Context, scope Scope, policyARN string) (all []Version, standard int, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		p, err := findPolicy(tx, scope, policyARN)
		if err != nil {
			return err
		}
		standard = p.DefaultVersion
		if provided, ok := provided(p.Name); ok && provided.ID == p.ID {
			all = []Version{{p.DefaultVersion, provided.document, p.CreatedAt}}
			return nil
		}
		all, err = tx.Versions(p.ID)
		return err
	})
	return all, standard, err
}

// SetDefaultVersion makes a version the one that applies.
func (s *Service) SetDefaultVersion(ctx context.Context, scope Scope, policyARN, id string) error {
	return s.onVersion(ctx, scope, policyARN, id, func(tx Tx, p Policy, number int) error {
		p.DefaultVersion, p.UpdatedAt = number, s.time()
		return tx.ReplacePolicy(p)
	})
}

// DeleteVersion removes a version that is not the default.
func (s *Service) DeleteVersion(ctx context.Context, scope Scope, policyARN, id string) error {
	return s.onVersion(ctx, scope, policyARN, id, func(tx Tx, p Policy, number int) error {
		if number == p.DefaultVersion {
			return fault.New(fault.InUse, "Cannot delete the default version of a policy.")
		}
		return tx.DeleteVersion(p.ID, number)
	})
}

func (s *Service) onVersion(ctx context.Context, scope Scope, policyARN, id string, act func(Tx, Policy, int) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := ownPolicy(tx, scope, policyARN)
		if err != nil {
			return err
		}
		number := ParseVersion(id)
		if _, err := tx.Version(p.ID, number); err != nil {
			return orNotFound(err, "Policy %s version %s does not exist or is not attachable.", policyARN, id)
		}
		return act(tx, p, number)
	})
}
