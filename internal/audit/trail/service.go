package trail

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// Service holds the rules of trails. It is safe for concurrent use.
type Service struct {
	store Store
	now   func() time.Time
}

// NewService makes a service of a store and a clock.
func NewService(store Store, now func() time.Time) *Service { return &Service{store, now} }

// Create makes a trail that does not log yet, with the selectors that every new trail has.
func (s *Service) Create(ctx context.Context, at Scope, name string, settings Settings, tags []Tag) (Trail, error) {
	if err := checkName(name); err != nil {
		return Trail{}, err
	}
	if err := checkSettings(settings); err != nil {
		return Trail{}, err
	}
	t := Trail{
		Partition: at.Partition, Account: at.Account, Region: at.Region, Name: name, Settings: settings, CreatedAt: s.now().UTC(),
		Basic: []Selector{{Effects: All, Management: true}},
	}
	if err := t.tag(tags); err != nil {
		return Trail{}, err
	}
	return t, s.store.Update(ctx, func(tx Tx) error {
		all, err := load(tx, at.Account)
		if err != nil {
			return err
		}
		here := 0
		for _, other := range all {
			if other.Name == name && (other.Region == at.Region || other.MultiRegion) {
				return coded(fault.Conflict, "TrailAlreadyExistsException", "Trail %s already exists for customer: %s", name, at.Account)
			}
			if other.Region == at.Region {
				here++
			}
		}
		if here >= maxTrails {
			return coded(fault.OverQuota, "MaximumNumberOfTrailsExceededException", "User: %s already has %d trails in %s.", at.Account, maxTrails, at.Region)
		}
		return put(tx, t)
	})
}

// Change rewrites a trail of the home Region at. change must not keep the trail.
func (s *Service) Change(ctx context.Context, at Scope, name string, change func(*Trail) error) (t Trail, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		if t, err = s.home(tx, at, name); err != nil {
			return err
		}
		if err := change(&t); err != nil {
			return err
		}
		return put(tx, t)
	})
	return t, err
}

// Update changes settings.
func (s *Service) Update(ctx context.Context, at Scope, name string, change func(*Settings)) (Trail, error) {
	return s.Change(ctx, at, name, func(t *Trail) error {
		change(&t.Settings)
		return checkSettings(t.Settings)
	})
}

// Log starts or stops logging.
func (s *Service) Log(ctx context.Context, at Scope, name string, logging bool) error {
	_, err := s.Change(ctx, at, name, func(t *Trail) error {
		switch now := s.now().UTC(); {
		case logging && !t.Logging:
			t.StartedAt = now
		case !logging && t.Logging:
			t.StoppedAt = now
		}
		t.Logging = logging
		return nil
	})
	return err
}

// Select replaces the selectors; either list is empty.
func (s *Service) Select(ctx context.Context, at Scope, name string, basic []Selector, advanced []AdvancedSelector) (Trail, error) {
	switch {
	case len(basic) > 0 && len(advanced) > 0:
		return Trail{}, invalidSelectors("A trail has event selectors or advanced event selectors, and not both.")
	case len(basic)+len(advanced) == 0:
		return Trail{}, invalidSelectors("Event selectors or advanced event selectors are needed.")
	}
	for i := range basic {
		basic[i].Effects = cmp.Or(basic[i].Effects, All)
	}
	if err := checkBasic(basic); err != nil {
		return Trail{}, err
	}
	if err := checkAdvanced(advanced); err != nil {
		return Trail{}, err
	}
	return s.Change(ctx, at, name, func(t *Trail) error {
		t.Basic, t.Advanced = basic, advanced
		return nil
	})
}

// Tag adds tags or replaces their values.
func (s *Service) Tag(ctx context.Context, at Scope, name string, tags []Tag) error {
	_, err := s.Change(ctx, at, name, func(t *Trail) error { return t.tag(tags) })
	return err
}

// Untag removes tags by their keys; one that is not there is no error.
func (s *Service) Untag(ctx context.Context, at Scope, name string, keys []string) error {
	_, err := s.Change(ctx, at, name, func(t *Trail) error {
		t.Tags = slices.DeleteFunc(t.Tags, func(tag Tag) bool { return slices.Contains(keys, tag.Key) })
		return nil
	})
	return err
}

func (t *Trail) tag(tags []Tag) error {
	for _, tag := range tags {
		if tag.Key == "" || len(tag.Key) > 128 || len(tag.Value) > 256 {
			return coded(fault.Invalid, "InvalidTagParameterException", "A tag has a key of 1 to 128 characters and a value of at most 256.")
		}
		i, ok := slices.BinarySearchFunc(t.Tags, tag, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
		if ok {
			t.Tags[i] = tag
		} else {
			t.Tags = slices.Insert(t.Tags, i, tag)
		}
	}
	if len(t.Tags) > maxTags {
		return coded(fault.TooManyTags, "TagsLimitExceededException", "A trail has at most %d tags.", maxTags)
	}
	return nil
}

// Delete removes a trail of the home Region at.
func (s *Service) Delete(ctx context.Context, at Scope, name string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		t, err := s.home(tx, at, name)
		if err != nil {
			return err
		}
		return tx.DeleteTrail(t.Account, t.Region, t.Name)
	})
}

// Get gives the trail of a name or ARN, a shadow as well.
func (s *Service) Get(ctx context.Context, at Scope, name string) (t Trail, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		t, err = find(tx, at, name)
		return err
	})
	return t, err
}

// List gives the trails of an account in the order of Region and name: all of them, or those that one Region sees.
func (s *Service) List(ctx context.Context, account, region string) (trails []Trail, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		all, err := load(tx, account)
		for _, t := range all {
			if region == "" || t.Region == region || t.MultiRegion {
				trails = append(trails, t)
			}
		}
		return err
	})
	return trails, err
}

// home finds a trail that may be changed here.
func (s *Service) home(tx Tx, at Scope, name string) (Trail, error) {
	t, err := find(tx, at, name)
	if err == nil && t.Region != at.Region {
		err = coded(fault.Invalid, "InvalidHomeRegionException", "A trail can only be changed in its home region: %s", t.Region)
	}
	return t, err
}

// find takes a name, or an ARN of the account; a stranger's ARN is like one of nothing.
func find(tx Tx, at Scope, name string) (Trail, error) {
	absent := coded(fault.NotFound, "TrailNotFoundException", "Unknown trail: %s for the user: %s", name, at.Account)
	short, region := name, at.Region
	if strings.HasPrefix(name, "arn:") {
		parsed, err := arn.Parse(name)
		id, ok := parsed.ResourceID("trail")
		if err != nil || !ok || parsed.Service != "cloudtrail" {
			return Trail{}, coded(fault.Invalid, "CloudTrailARNInvalidException", "The ARN is not one of a trail.")
		}
		if parsed.Account != at.Account || parsed.Partition != at.Partition {
			return Trail{}, absent
		}
		short, region = id, parsed.Region
	}
	if err := checkName(short); err != nil {
		return Trail{}, err
	}
	all, err := load(tx, at.Account)
	if err != nil {
		return Trail{}, err
	}
	for _, t := range all {
		if t.Name == short && (t.Region == region || t.MultiRegion && short == name) {
			return t, nil
		}
	}
	return Trail{}, absent
}

func load(tx Tx, account string) ([]Trail, error) {
	rows, err := tx.Trails(account)
	if err != nil {
		return nil, err
	}
	trails := make([]Trail, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Body, &trails[i]); err != nil {
			return nil, fmt.Errorf("read trail: %w", err)
		}
	}
	return trails, nil
}

func put(tx Tx, t Trail) error {
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("write trail: %w", err)
	}
	return tx.PutTrail(Row{Account: t.Account, Region: t.Region, Name: t.Name, Body: body})
}
