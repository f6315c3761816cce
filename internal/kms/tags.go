package kms

import (
	"context"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// Tags gives a key's tags in the order of their keys.
func (s *Service) Tags(ctx context.Context, scope Scope, key string) ([]Tag, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return nil, err
	}
	return slices.Clone(h.tags), nil
}

// Tag adds tags and replaces those with the same keys.
func (s *Service) Tag(ctx context.Context, scope Scope, key string, tags []Tag) error {
	if err := checkTags(tags); err != nil {
		return err
	}
	h, err := s.taggable(ctx, scope, key)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		present, err := tx.Tags(h.Region, h.ID)
		if err != nil {
			return err
		}
		total := len(present)
		for _, t := range tags {
			if !slices.ContainsFunc(present, func(p Tag) bool { return p.Key == t.Key }) {
				total++
			}
			if err := tx.PutTag(h.Region, h.ID, t); err != nil {
				return noKey(h, err)
			}
		}
		if s.limits.Tags > 0 && total > s.limits.Tags {
			return errManyTags()
		}
		return nil
	})
}

// Untag removes the tags with the given keys.
func (s *Service) Untag(ctx context.Context, scope Scope, key string, names []string) error {
	h, err := s.taggable(ctx, scope, key)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx Tx) error {
		for _, name := range names {
			if err := tx.DeleteTag(h.Region, h.ID, name); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) taggable(ctx context.Context, scope Scope, key string) (*held, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return nil, err
	}
	if err := h.mine(); err != nil {
		return nil, err
	}
	return h, h.must(toAdminister, s.now())
}

func checkTags(tags []Tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		switch {
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return refuse(fault.Invalid, InvalidTag, "Tags beginning with aws: are reserved")
		case seen[t.Key]:
			return refuse(fault.Invalid, InvalidTag, "Duplicate tag keys")
		}
		seen[t.Key] = true
	}
	return nil
}

func errManyTags() error { return refuse(fault.TooManyTags, InvalidTag, "Too many tags") }
