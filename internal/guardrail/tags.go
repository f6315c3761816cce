package guardrail

import (
	"context"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// MaxTags is how many tags a resource may carry.
const MaxTags = 50

// Tag sets tags on the guardrail that the ARN resource names; a key that it has already gets the new value.
func (s *Service) Tag(ctx context.Context, scope Scope, resource string, tags []Tag) error {
	id, err := taggable(scope, resource)
	if err != nil {
		return err
	}
	if err := checkTags(tags); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if err := exists(tx, scope, id); err != nil {
			return err
		}
		for _, tag := range tags {
			if err := tx.PutTag(scope, id, tag); err != nil {
				return err
			}
		}
		all, err := tx.Tags(scope, id)
		if err == nil && len(all) > MaxTags {
			return errTooManyTags(resource)
		}
		return err
	})
}

// Untag removes the tags with the given keys from the guardrail that the ARN resource names. Keys that it has not are no error.
func (s *Service) Untag(ctx context.Context, scope Scope, resource string, keys []string) error {
	id, err := taggable(scope, resource)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if err := exists(tx, scope, id); err != nil {
			return err
		}
		for _, key := range keys {
			if err := tx.DeleteTag(scope, id, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tags gives the tags of the guardrail that the ARN resource names, in the order of their keys.
func (s *Service) Tags(ctx context.Context, scope Scope, resource string) ([]Tag, error) {
	id, err := taggable(scope, resource)
	if err != nil {
		return nil, err
	}
	return view(ctx, s.store, func(tx Tx) ([]Tag, error) {
		if err := exists(tx, scope, id); err != nil {
			return nil, err
		}
		return tx.Tags(scope, id)
	})
}

// taggable gives the id in a guardrail's ARN; an id alone does not name a resource.
func taggable(scope Scope, resource string) (string, error) {
	if _, err := arn.Parse(resource); err != nil {
		return "", fault.New(fault.Invalid, "The resourceARN provided in the request is not an ARN.")
	}
	return ParseIdentifier(scope, resource)
}

func exists(tx Tx, scope Scope, id string) error {
	_, err := tx.DraftSummary(scope, id)
	return orNotFound(err, errGuardrailNotFound())
}

// checkTags refuses keys that are reserved or come twice.
func checkTags(tags []Tag) error {
	seen := make(map[string]bool, len(tags))
	for _, tag := range tags {
		if len(tag.Key) >= 4 && strings.EqualFold(tag.Key[:4], "aws:") {
			return fault.New(fault.Invalid, "Tag keys that start with aws: are reserved for system use.")
		}
		if seen[tag.Key] {
			return fault.New(fault.Invalid, "The tag key %s is given more than once.", tag.Key)
		}
		seen[tag.Key] = true
	}
	return nil
}

func sortTags(tags []Tag) []Tag {
	sorted := slices.Clone(tags)
	slices.SortFunc(sorted, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	return sorted
}

func errTooManyTags(resource string) error {
	err := fault.New(fault.TooManyTags, "A resource can have at most %d tags.", MaxTags)
	err.Resource = resource
	return err
}
