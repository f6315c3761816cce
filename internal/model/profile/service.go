package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// Options are what a Service works with; all are needed but Limit.
type Options struct {
	Store  Store
	Models *model.Catalogue
	Now    func() time.Time
	NewID  func() string // 12 lower-case letters and digits
	// Limit is how many profiles an account may have in a Region; 0 is no limit.
	Limit int
}

// Service holds the rules of inference profiles. It is safe for concurrent use.
type Service struct{ Options }

// NewService makes a service.
func NewService(o Options) *Service { return &Service{o} }

// CreateInput asks for a profile of an application.
type CreateInput struct {
	Name, Description string
	Source            string // ARN of a foundation model or of a profile of the system
	Token             string // of the request, which makes it idempotent; empty without one
	Tags              []Tag
}

// body is what a row holds beside its key.
type body struct {
	Name, Description, ModelID, Source string
	CreatedAt, UpdatedAt               time.Time
	Tags                               []Tag
}

func decode(scope Scope, row Row) (Profile, body, error) {
	var b body
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return Profile{}, b, fmt.Errorf("read inference profile: %w", err)
	}
	return Profile{
		Scope: scope, ID: row.ID, Name: b.Name, Description: b.Description, ModelID: b.ModelID, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
		Tags: b.Tags, seq: row.Seq,
	}, b, nil
}

// Create makes a profile. It fails with NotFound for a model that is not there, Conflict for a token that was used for another request,
// TooManyTags and OverQuota.
func (s *Service) Create(ctx context.Context, scope Scope, in CreateInput) (Profile, error) {
	if err := checkTags(in.Tags); err != nil {
		return Profile{}, err
	}
	e, err := s.source(scope, in.Source)
	if err != nil {
		return Profile{}, err
	}
	slices.SortFunc(in.Tags, byKey)
	now := s.Now().UTC()
	b := body{in.Name, in.Description, e.ID, in.Source, now, now, in.Tags}
	row := Row{Account: scope.Account, Region: scope.Region, ID: s.NewID(), Token: in.Token}
	if row.Body, err = json.Marshal(b); err != nil {
		return Profile{}, err
	}
	var made Profile
	err = s.Store.Update(ctx, func(tx Tx) error {
		if in.Token != "" {
			earlier, err := tx.ProfileByToken(scope.Account, scope.Region, in.Token)
			if err == nil {
				var was body
				if made, was, err = decode(scope, earlier); err != nil {
					return err
				}
				if was.Name != in.Name || was.Description != in.Description || was.Source != in.Source {
					return fault.New(fault.Conflict, "The clientRequestToken %s was used for another request.", in.Token)
				}
				return nil
			}
			if !errors.Is(err, ErrNoRow) {
				return err
			}
		}
		n, err := tx.CountProfiles(scope.Account, scope.Region)
		if err != nil {
			return err
		}
		if s.Limit > 0 && n >= s.Limit {
			return fault.New(fault.OverQuota, "The account has %d inference profiles in this Region, which is its quota.", n)
		}
		made = Profile{Scope: scope, ID: row.ID, Name: b.Name, Description: b.Description, ModelID: b.ModelID, CreatedAt: now, UpdatedAt: now, Tags: in.Tags}
		return tx.AddProfile(row)
	})
	return made, err
}

// source gives the model that a profile is made of.
func (s *Service) source(scope Scope, identifier string) (model.Entry, error) {
	parsed, err := arn.Parse(identifier)
	if err != nil || parsed.Partition != scope.Partition || parsed.Region != scope.Region {
		return model.Entry{}, fault.New(fault.Invalid, "The model source is not the ARN of a foundation model or inference profile of this Region.")
	}
	id, ok := parsed.ResourceID("foundation-model")
	if !ok {
		named, system, _, ok := parse(scope, identifier)
		p, found := s.findSystem(scope, named)
		if !ok || !system || !found {
			return model.Entry{}, errNotFound()
		}
		id = p.ModelID
	}
	return s.Models.Find(model.ARN(scope.Partition, scope.Region, id))
}

// Get gives a profile by its id or ARN, or NotFound.
func (s *Service) Get(ctx context.Context, scope Scope, identifier string) (Profile, error) {
	id, ofSystem, ofApplication, ok := parse(scope, identifier)
	if !ok {
		return Profile{}, errNotFound()
	}
	if ofSystem {
		if p, ok := s.findSystem(scope, id); ok {
			return p, nil
		}
	}
	if !ofApplication || strings.Contains(id, ".") {
		return Profile{}, errNotFound()
	}
	var p Profile
	err := s.Store.View(ctx, func(tx Tx) error {
		row, err := tx.Profile(scope.Account, scope.Region, id)
		if err != nil {
			return err
		}
		p, _, err = decode(scope, row)
		return err
	})
	if errors.Is(err, ErrNoRow) {
		err = errNotFound()
	}
	return p, err
}

// Delete removes an application's profile, or gives NotFound. Those of the system stay.
func (s *Service) Delete(ctx context.Context, scope Scope, identifier string) error {
	p, err := s.Get(ctx, scope, identifier)
	if err != nil {
		return err
	}
	if p.System {
		return fault.New(fault.Invalid, "An inference profile that the system defines cannot be deleted.")
	}
	err = s.Store.Update(ctx, func(tx Tx) error { return tx.DeleteProfile(scope.Account, scope.Region, p.ID) })
	if errors.Is(err, ErrNoRow) {
		err = errNotFound()
	}
	return err
}

// Kind selects profiles.
type Kind int

// The kinds.
const (
	All Kind = iota
	OfSystem
	OfApplications
)

// applications is where the positions of applications' profiles begin; those of the system are their places, from 1.
const applications = 1 << 32

// List gives up to limit profiles behind a position, those of the system first, and the position to go on from; 0 is the beginning and the
// end.
func (s *Service) List(ctx context.Context, scope Scope, kind Kind, after int64, limit int) (page []Profile, next int64, err error) {
	if kind != OfApplications {
		all := s.systems(scope)
		for i := min(after, int64(len(all))); i < int64(len(all)); i++ {
			if len(page) == limit {
				return page, i, nil
			}
			page = append(page, all[i])
		}
	}
	if kind == OfSystem {
		return page, 0, nil
	}
	var rows []Row
	after = max(0, after-applications)
	if err := s.Store.View(ctx, func(tx Tx) (err error) {
		rows, err = tx.Profiles(scope.Account, scope.Region, after, limit-len(page)+1)
		return err
	}); err != nil {
		return nil, 0, err
	}
	for _, row := range rows {
		if len(page) == limit {
			return page, applications + after, nil
		}
		p, _, err := decode(scope, row)
		if err != nil {
			return nil, 0, err
		}
		page, after = append(page, p), row.Seq
	}
	return page, 0, nil
}
