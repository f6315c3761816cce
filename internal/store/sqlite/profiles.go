package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

// Profiles is the store of inference profiles.
type Profiles struct{ store *Store }

var _ profile.Store = Profiles{}

// Profiles gives the store's side for inference profiles.
func (s *Store) Profiles() Profiles { return Profiles{s} }

// View runs read on one consistent state.
func (p Profiles) View(ctx context.Context, read func(profile.Tx) error) error {
	return p.store.view(ctx, func(ctx context.Context, q *db.Queries) error {
		return read(&profileTx{ctx: ctx, queries: q, readOnly: true})
	})
}

// Update runs write and returns when what it wrote is on disk.
func (p Profiles) Update(ctx context.Context, write func(profile.Tx) error) error {
	return p.store.update(ctx, func(q *db.Queries) error {
		return write(&profileTx{ctx: context.Background(), queries: q})
	})
}

// profileTx lives as long as one closure, like its context.
type profileTx struct {
	ctx      context.Context
	queries  *db.Queries
	readOnly bool
}

func profileRow(r db.InferenceProfile) profile.Row {
	return profile.Row{Seq: r.Seq, Account: r.Account, Region: r.Region, ID: r.ID, Token: r.Token, Body: r.Body}
}

// profileFailed says what was being done, and turns the driver's word for a missing row into the domain's.
func profileFailed(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return profile.ErrNoRow
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

func (t *profileTx) Profile(account, region, id string) (profile.Row, error) {
	r, err := t.queries.GetProfile(t.ctx, db.GetProfileParams{Account: account, Region: region, ID: id})
	return profileRow(r), profileFailed("read inference profile", err)
}

func (t *profileTx) ProfileByToken(account, region, token string) (profile.Row, error) {
	r, err := t.queries.GetProfileByToken(t.ctx, db.GetProfileByTokenParams{Account: account, Region: region, Token: token})
	return profileRow(r), profileFailed("read inference profile", err)
}

func (t *profileTx) Profiles(account, region string, after int64, limit int) ([]profile.Row, error) {
	found, err := t.queries.ListProfiles(t.ctx, db.ListProfilesParams{Account: account, Region: region, Seq: after, Limit: int64(limit)})
	rows := make([]profile.Row, len(found))
	for i, r := range found {
		rows[i] = profileRow(r)
	}
	return rows, profileFailed("list inference profiles", err)
}

func (t *profileTx) CountProfiles(account, region string) (int, error) {
	n, err := t.queries.CountProfiles(t.ctx, db.CountProfilesParams{Account: account, Region: region})
	return int(n), profileFailed("count inference profiles", err)
}

func (t *profileTx) AddProfile(r profile.Row) error {
	if t.readOnly {
		return fmt.Errorf("add inference profile: %w", errReadOnly)
	}
	return profileFailed("add inference profile", t.queries.InsertProfile(t.ctx, db.InsertProfileParams{
		Account: r.Account, Region: r.Region, ID: r.ID, Token: r.Token, Body: r.Body,
	}))
}

func (t *profileTx) ChangeProfile(r profile.Row) error {
	if t.readOnly {
		return fmt.Errorf("change inference profile: %w", errReadOnly)
	}
	n, err := t.queries.UpdateProfile(t.ctx, db.UpdateProfileParams{Body: r.Body, Account: r.Account, Region: r.Region, ID: r.ID})
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return profileFailed("change inference profile", err)
}

func (t *profileTx) DeleteProfile(account, region, id string) error {
	if t.readOnly {
		return fmt.Errorf("delete inference profile: %w", errReadOnly)
	}
	n, err := t.queries.DeleteProfile(t.ctx, db.DeleteProfileParams{Account: account, Region: region, ID: id})
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return profileFailed("delete inference profile", err)
}
