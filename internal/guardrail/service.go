package guardrail

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// Service is the control plane of guardrails: it decides what may be created, changed, listed and deleted.
// It is safe for concurrent use.
type Service struct {
	store      Store
	keys       Keys
	limits     Limits
	checkRegex func(pattern string) error
	now        func() time.Time
	newID      func() string
}

// Options are the parts that a Service works with. All but Limits are required.
type Options struct {
	Store Store
	Keys  Keys
	// CheckRegex refuses a caller's pattern that the pattern detector cannot run, with a fault of kind Invalid that says why.
	CheckRegex func(pattern string) error
	// Limits are the quotas; the zero value has none.
	Limits Limits
	Now    func() time.Time
	// NewID makes a guardrail id: 12 random characters of a-z and 0-9.
	NewID func() string
}

// Limits are the service quotas that can be changed. 0 means unlimited.
type Limits struct {
	Guardrails int // in an account and Region
	Versions   int // numbered versions that a guardrail has at one time
	Regexes    int // in a sensitive-information policy; the wire admits 30 at most
}

// DefaultLimits are the published quotas of the AWS service.
func DefaultLimits() Limits {
	return Limits{Guardrails: 100, Versions: 20, Regexes: 10}
}

// NewService makes a service; it fails when a part is missing or a limit is negative.
func NewService(o Options) (*Service, error) {
	switch {
	case o.Store == nil:
		return nil, errors.New("guardrail service: no store")
	case o.Keys == nil:
		return nil, errors.New("guardrail service: no keys")
	case o.CheckRegex == nil:
		return nil, errors.New("guardrail service: no regex check")
	case o.Now == nil:
		return nil, errors.New("guardrail service: no clock")
	case o.NewID == nil:
		return nil, errors.New("guardrail service: no id maker")
	case o.Limits.Guardrails < 0, o.Limits.Versions < 0, o.Limits.Regexes < 0:
		return nil, errors.New("guardrail service: negative limit")
	}
	return &Service{store: o.Store, keys: o.Keys, limits: o.Limits, checkRegex: o.CheckRegex, now: o.Now, newID: o.NewID}, nil
}

// Receipt is what a write is answered with: little enough that a repeated client request token can give it again.
type Receipt struct {
	Scope
	ID      string
	Version Version
	At      time.Time // when the guardrail was created, the draft was changed or the version was made
}

// ARN gives the ARN of the guardrail that was written.
func (r Receipt) ARN() string { return r.Scope.ARN(r.ID) }

// time gives the present to the microsecond, which is what stores keep and the wire shows.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

func errGuardrailNotFound() error {
	return fault.New(fault.NotFound, "The specified guardrail could not be found.")
}

func errVersionNotFound() error {
	return fault.New(fault.NotFound, "The specified guardrail version could not be found.")
}

// orNotFound turns a missing row into absent and passes every other error.
func orNotFound(err, absent error) error {
	if errors.Is(err, ErrNoRow) {
		return absent
	}
	return err
}

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
