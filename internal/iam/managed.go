package iam

import (
	"context"
	"errors"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// maxManaged is the largest document of a managed policy in characters, white space not counted.
const maxManaged = 6144

// PolicyProposal is a managed policy to be made, with its first version. Path may be empty for "/".
type PolicyProposal struct {
	Name, Path, Description string
	Document                string
	Tags                    []Tag
}

// CreatePolicy makes a managed policy.
func (s *Service) CreatePolicy(ctx context.Context, scope Scope, in PolicyProposal) (Policy, error) {
	if err := checkManaged(in.Document); err != nil {
		return Policy{}, err
	}
	if err := checkTags(in.Tags); err != nil {
		return Policy{}, err
	}
	now := s.time()
	p := Policy{
		Account: scope.Account, ID: newID(policyPrefix), Name: in.Name, Path: pathOr(in.Path), Description: in.Description,
		DefaultVersion: 1, LastVersion: 1, CreatedAt: now, UpdatedAt: now,
	}
	return p, s.store.Update(ctx, func(tx Tx) error {
		if s.limits.Policies > 0 {
			n, err := tx.CountPolicies(p.Account)
			if err != nil {
				return err
			}
			if n >= s.limits.Policies {
				return errLimit("PoliciesPerAccount", s.limits.Policies)
			}
		}
		switch _, err := tx.Policy(p.Account, p.Name); {
		case err == nil:
			return fault.New(fault.Conflict, "A policy called %s already exists. Duplicate names are not allowed.", p.Name)
		case !errors.Is(err, ErrNoRow):
			return err
		}
		if err := tx.InsertPolicy(p); err != nil {
			return err
		}
		if err := tx.InsertVersion(p.ID, Version{1, in.Document, now}); err != nil {
			return err
		}
		return putTags(tx, p.ID, in.Tags)
	})
}

func checkManaged(document string) error {
	if err := parse(policy.Identity, document); err != nil {
		return err
	}
	if size(document) > maxManaged {
		return errLimit("PolicySize", maxManaged)
	}
	return nil
}

// FoundPolicy is a managed policy with what hangs on it.
type FoundPolicy struct {
	Policy
	Tags     []Tag
	Attached int // to how many users and roles of the caller's account
	Bounds   int // how many of them
}

// GetPolicy gives a managed policy of the account, or one that every account has.
func (s *Service) GetPolicy(ctx context.Context, scope Scope, policyARN string) (FoundPolicy, error) {
	return view(ctx, s.store, func(tx Tx) (FoundPolicy, error) {
		p, err := findPolicy(tx, scope, policyARN)
		if err != nil {
			return FoundPolicy{}, err
		}
		return s.described(tx, scope, p)
	})
}

func (s *Service) described(tx Tx, scope Scope, p Policy) (FoundPolicy, error) {
	name := p.ARN(scope.Partition)
	attached, err := tx.Attached(scope.Account, name)
	if err != nil {
		return FoundPolicy{}, err
	}
	bounded, err := tx.Bounded(scope.Account, name)
	if err != nil {
		return FoundPolicy{}, err
	}
	tags, err := tx.Tags(p.ID)
	return FoundPolicy{p, tags, len(attached), len(bounded)}, err
}

// findPolicy gives the policy that an ARN names. Another account's is answered like one that does not exist.
func findPolicy(tx Tx, scope Scope, policyARN string) (Policy, error) {
	parsed, err := arn.Parse(policyARN)
	if err != nil {
		return Policy{}, errBadARN()
	}
	absent := fault.New(fault.NotFound, "Policy %s was not found.", policyARN)
	rest, ok := parsed.ResourceID("policy")
	if parsed.Service != "iam" || parsed.Region != "" || !ok {
		return Policy{}, absent
	}
	path, name := "/"+rest[:strings.LastIndexByte(rest, '/')+1], rest[strings.LastIndexByte(rest, '/')+1:]
	if parsed.Account == policy.AccountAWS {
		if p, ok := provided(name); ok && p.Path == path {
			return p.Policy, nil
		}
		return Policy{}, absent
	}
	if parsed.Account != scope.Account || parsed.Partition != scope.Partition {
		return Policy{}, absent
	}
	p, err := tx.Policy(scope.Account, name)
	if errors.Is(err, ErrNoRow) || err == nil && (p.Path != path || p.Name != name) {
		return Policy{}, absent
	}
	return p, err
}

// ownPolicy is findPolicy for changes, which the provided policies do not take.
func ownPolicy(tx Tx, scope Scope, policyARN string) (Policy, error) {
	p, err := findPolicy(tx, scope, policyARN)
	if err == nil && p.Account == policy.AccountAWS {
		err = fault.New(fault.Denied, "Policy %s is provided by AWS and cannot be changed.", policyARN)
	}
	return p, err
}

// attachable is findPolicy in the words of attaching.
func attachable(tx Tx, scope Scope, policyARN string) error {
	_, err := findPolicy(tx, scope, policyARN)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "Policy %s does not exist or is not attachable.", policyARN)
	}
	return err
}

func errBadARN() error { return fault.New(fault.Invalid, "Invalid ARN:  Could not be parsed!") }

// PolicyFilter says which managed policies a list shows. The zero value shows all.
type PolicyFilter struct {
	Local, Provided bool // only those of the account, only those that every account has
	Prefix          string
	OnlyAttached    bool // to somebody in the account, or, with ForBoundaries, in use as a boundary
	ForBoundaries   bool
}

// Policies gives managed policies in the order of their names, and the name to go on after.
func (s *Service) Policies(ctx context.Context, scope Scope, filter PolicyFilter, page Page) (part []FoundPolicy, next string, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		for after := page.After; ; {
			names, err := s.policyPage(tx, scope, filter, Page{after, page.Limit + 1})
			if err != nil {
				return err
			}
			for _, p := range names {
				after = p.Name
				found, err := s.described(tx, scope, p)
				if err != nil {
					return err
				}
				if filter.OnlyAttached && (filter.ForBoundaries && found.Bounds == 0 || !filter.ForBoundaries && found.Attached == 0) {
					continue
				}
				if len(part) == page.Limit {
					next = part[len(part)-1].Name
					return nil
				}
				part = append(part, found)
			}
			if len(names) <= page.Limit {
				return nil
			}
		}
	})
	return part, next, err
}

// policyPage merges the account's own policies with the provided ones.
func (s *Service) policyPage(tx Tx, scope Scope, filter PolicyFilter, page Page) ([]Policy, error) {
	var all []Policy
	var err error
	if !filter.Provided {
		if all, err = tx.Policies(scope.Account, filter.Prefix, page.After, page.Limit); err != nil {
			return nil, err
		}
	}
	if filter.Local {
		return all, nil
	}
	return merge(all, filter.Prefix, page), nil
}

// DeletePolicy removes a managed policy that nobody uses and that has no version but the default one.
func (s *Service) DeletePolicy(ctx context.Context, scope Scope, policyARN string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := ownPolicy(tx, scope, policyARN)
		if err != nil {
			return err
		}
		found, err := s.described(tx, scope, p)
		if err != nil {
			return err
		}
		if found.Attached+found.Bounds > 0 {
			return fault.New(fault.InUse, "Cannot delete a policy attached to entities.")
		}
		versions, err := tx.Versions(p.ID)
		if err != nil {
			return err
		}
		if len(versions) > 1 {
			return fault.New(fault.InUse, "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.")
		}
		return tx.DeletePolicy(p.ID)
	})
}

// ManagedDocument gives the text of the default version of the managed policy that an ARN names, of whatever account.
func ManagedDocument(tx Tx, policyARN string) (string, error) {
	parsed, err := arn.Parse(policyARN)
	if err != nil {
		return "", ErrNoRow
	}
	p, err := findPolicy(tx, Scope{parsed.Partition, parsed.Account}, policyARN)
	if err != nil {
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
			err = ErrNoRow
		}
		return "", err
	}
	v, err := version(tx, p, p.DefaultVersion)
	return v.Document, err
}
