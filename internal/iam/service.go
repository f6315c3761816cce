package iam

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// The codes of faults that a kind alone does not tell; the rest is for the API's table.
const (
	codeInvalidInput = "InvalidInput"
	codeLimit        = "LimitExceeded"
	codeUnmodifiable = "UnmodifiableEntity"
)

// Service is the control plane of identities. It is safe for concurrent use.
type Service struct {
	store  Store
	sealer envelope.Sealer
	limits Limits
	now    func() time.Time
}

// Options are the parts that a Service works with. All but Limits are required.
type Options struct {
	Store  Store
	Sealer envelope.Sealer
	// Limits are the quotas; the zero value has none.
	Limits Limits
	Now    func() time.Time
}

// Limits are the quotas of an account that can be changed. 0 means unlimited.
type Limits struct {
	Users, Roles, Groups, Policies int
	// Attached is how many managed policies a user, role or group may have, Memberships in how many groups a user may be.
	Attached, Memberships int
}

// DefaultLimits are the published quotas.
func DefaultLimits() Limits {
	return Limits{Users: 5000, Roles: 1000, Groups: 300, Policies: 1500, Attached: 10, Memberships: 10}
}

// The quotas that cannot be changed. Inline sizes are the sums of all inline policies in characters, white space not counted.
const (
	MaxKeys        = 2 // access keys of a user or root, and service-specific credentials of a user for one service
	MaxVersions    = 5
	MaxTags        = 50
	MaxUserInline  = 2048
	MaxRoleInline  = 10240
	MaxGroupInline = 5120
)

// NewService makes a service; it fails when a part is missing.
func NewService(o Options) (*Service, error) {
	if o.Store == nil || o.Sealer == nil || o.Now == nil {
		return nil, errors.New("iam service: a store, a sealer and a clock are needed")
	}
	return &Service{store: o.Store, sealer: o.Sealer, limits: o.Limits, now: o.Now}, nil
}

// time gives the present to the second, which is what IAM shows.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Second) }

// view runs read and gives its value.
func view[T any](ctx context.Context, store Store, read func(Tx) (T, error)) (T, error) {
	var value T
	err := store.View(ctx, func(tx Tx) (err error) {
		value, err = read(tx)
		return err
	})
	return value, err
}

// update runs write and gives its value.
func update[T any](ctx context.Context, store Store, write func(Tx) (T, error)) (T, error) {
	var value T
	err := store.Update(ctx, func(tx Tx) (err error) {
		value, err = write(tx)
		return err
	})
	return value, err
}

// parse reads a document; the parser's own faults carry IAM's code.
func parse(kind policy.Kind, document string) error {
	_, err := policy.Parse(kind, document)
	return err
}

// size counts the characters of a document without white space.
func size(document string) (n int) {
	for _, r := range document {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// orNotFound turns a missing row into a fault and passes every other error.
func orNotFound(err error, format string, args ...any) error {
	if errors.Is(err, ErrNoRow) {
		return fault.New(fault.NotFound, format, args...)
	}
	return err
}

func errLimit(what string, limit int) error {
	return fault.New(fault.OverQuota, "Cannot exceed quota for %s: %d", what, limit)
}

// Page asks for a part of a list.
type Page struct {
	After string // the last name of the page before, or empty
	Limit int    // above 0
}

// cut gives the part of a whole sorted list that a page asks for, and the name to go on after, empty at the end.
func cut[T any](all []T, page Page, name func(T) string) (part []T, next string) {
	from := 0
	for page.After != "" && from < len(all) && strings.ToLower(name(all[from])) <= strings.ToLower(page.After) {
		from++
	}
	all = all[from:]
	if len(all) <= page.Limit {
		return all, ""
	}
	return all[:page.Limit], name(all[page.Limit-1])
}
