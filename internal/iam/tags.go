package iam

import (
	"context"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// Target names what tags hang on: a user or role by name, or a managed policy by ARN.
type Target struct {
	Kind Kind
	Name string
	// PolicyARN is set for a managed policy; Kind and Name are empty then.
	PolicyARN string
}

// owner gives the id that the target's tags are kept under.
func (t Target) owner(tx Tx, scope Scope) (string, error) {
	if t.PolicyARN != "" {
		p, err := ownPolicy(tx, scope, t.PolicyARN)
		return p.ID, err
	}
	p, err := named(tx, scope, t.Kind, t.Name)
	return p.ID, err
}

// Tag sets tags; a key that is there already gets the new value.
func (s *Service) Tag(ctx context.Context, scope Scope, target Target, tags []Tag) error {
	if err := checkTags(tags); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		owner, err := target.owner(tx, scope)
		if err != nil {
			return err
		}
		return putTags(tx, owner, tags)
	})
}

// Untag removes tags. Keys that are not there are no error.
func (s *Service) Untag(ctx context.Context, scope Scope, target Target, keys []string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		owner, err := target.owner(tx, scope)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := tx.DeleteTag(owner, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tags gives a part of the tags in the order of their keys.
func (s *Service) Tags(ctx context.Context, scope Scope, target Target, page Page) (part []Tag, next string, err error) {
	tags, err := view(ctx, s.store, func(tx Tx) ([]Tag, error) {
		owner, err := target.owner(tx, scope)
		if err != nil {
			return nil, err
		}
		return tx.Tags(owner)
	})
	part, next = cut(tags, page, func(t Tag) string { return t.Key })
	return part, next, err
}

// checkTags refuses keys that are reserved or come twice.
func checkTags(tags []Tag) error {
	seen := map[string]bool{}
	for _, tag := range tags {
		key := strings.ToLower(tag.Key)
		if strings.HasPrefix(key, "aws:") {
			return &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: "System tags cannot be added by users: tag keys must not start with aws:"}
		}
		if seen[key] {
			return &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: "Duplicate tag keys found. Please note that Tag keys are case insensitive."}
		}
		seen[key] = true
	}
	return nil
}

func putTags(tx Tx, owner string, tags []Tag) error {
	if len(tags) == 0 {
		return nil
	}
	for _, tag := range tags {
		if err := tx.PutTag(owner, tag); err != nil {
			return err
		}
	}
	all, err := tx.Tags(owner)
	if err == nil && len(all) > MaxTags {
		return errLimit("TagsPerEntity", MaxTags)
	}
	return err
}
