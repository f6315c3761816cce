package profile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// MaxTags is how many tags a profile may carry.
const MaxTags = 50

// Taggable reports whether an ARN is that of an inference profile.
func Taggable(resource string) bool {
	parsed, err := arn.Parse(resource)
	return err == nil && parsed.Service == "bedrock" &&
		(strings.HasPrefix(parsed.Resource, "application-inference-profile/") || strings.HasPrefix(parsed.Resource, "inference-profile/"))
}

// Tags gives the tags of the profile that an ARN names, in the order of their keys.
func (s *Service) Tags(ctx context.Context, scope Scope, resource string) ([]Tag, error) {
	p, err := s.Get(ctx, scope, resource)
	return p.Tags, err
}

// Tag sets tags on an application's profile; a key that it has already gets the new value.
func (s *Service) Tag(ctx context.Context, scope Scope, resource string, tags []Tag) error {
	if err := checkTags(tags); err != nil {
		return err
	}
	return s.retag(ctx, scope, resource, func(have []Tag) []Tag {
		return append(slices.DeleteFunc(have, func(old Tag) bool {
			return slices.ContainsFunc(tags, func(t Tag) bool { return t.Key == old.Key })
		}), tags...)
	})
}

// Untag removes the tags with the given keys; keys that the profile has not are no error.
func (s *Service) Untag(ctx context.Context, scope Scope, resource string, keys []string) error {
	return s.retag(ctx, scope, resource, func(have []Tag) []Tag {
		return slices.DeleteFunc(have, func(t Tag) bool { return slices.Contains(keys, t.Key) })
	})
}

func (s *Service) retag(ctx context.Context, scope Scope, resource string, change func([]Tag) []Tag) error {
	id, _, application, ok := parse(scope, resource)
	if !ok || !application {
		return errNotFound()
	}
	err := s.Store.Update(ctx, func(tx Tx) error {
		row, err := tx.Profile(scope.Account, scope.Region, id)
		if err != nil {
			return err
		}
		_, b, err := decode(scope, row)
		if err != nil {
			return err
		}
		if b.Tags = change(b.Tags); len(b.Tags) > MaxTags {
			return tooManyTags(resource)
		}
		slices.SortFunc(b.Tags, byKey)
		b.UpdatedAt = s.Now().UTC()
		if row.Body, err = json.Marshal(b); err != nil {
			return err
		}
		return tx.ChangeProfile(row)
	})
	if errors.Is(err, ErrNoRow) {
		return errNotFound()
	}
	return err
}

func byKey(a, b Tag) int { return strings.Compare(a.Key, b.Key) }

// checkTags refuses keys that are reserved or come twice, and more tags than a profile may carry.
func checkTags(tags []Tag) error {
	seen := make(map[string]bool, len(tags))
	for _, t := range tags {
		if len(t.Key) >= 4 && strings.EqualFold(t.Key[:4], "aws:") {
			return fault.New(fault.Invalid, "Tag keys that start with aws: are reserved for system use.")
		}
		if seen[t.Key] {
			return fault.New(fault.Invalid, "The tag key %s is given more than once.", t.Key)
		}
		seen[t.Key] = true
	}
	if len(tags) > MaxTags {
		return tooManyTags("")
	}
	return nil
}

func tooManyTags(resource string) error {
	err := fault.New(fault.TooManyTags, "A resource can have at most %d tags.", MaxTags)
	err.Resource = resource
	return err
}
