package kms

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"merlon.dev/merlon/internal/envelope"
)

// Service holds the rules of KMS. It is safe for concurrent use.
type Service struct {
	store  Store
	sealer envelope.Sealer
	now    func() time.Time
	limits Limits
	fresh  time.Duration

	// writes counts what may have changed: what was read before the last one is read again.
	writes atomic.Uint64
	known  sync.Map // of cacheName to *held, and of alias ARN to *aliasTarget
}

// Options are the parts that a Service works with. All but Limits and Fresh are required.
type Options struct {
	Store Store
	// Sealer keeps key material, grant tokens and import tokens: the server's keyring.
	Sealer envelope.Sealer
	Now    func() time.Time
	// Limits are the quotas; the zero value has none.
	Limits Limits
	// Fresh is for how long a key that was read may be used without looking again whether another server has changed it. What this
	// Service changes takes effect at once. Default 500 ms.
	Fresh time.Duration
}

// Limits are the service quotas. 0 means unlimited.
type Limits struct {
	Keys   int // customer managed keys in an account and Region
	Grants int // of a key
	Tags   int // of a key
	// Rotations is how often a key can be rotated on demand.
	Rotations int
}

// DefaultLimits are the published quotas of the AWS service.
func DefaultLimits() Limits {
	return Limits{Keys: 100_000, Grants: 50_000, Tags: 50, Rotations: 25}
}

// NewService makes a service; it fails when a part is missing.
func NewService(o Options) (*Service, error) {
	switch {
	case o.Store == nil:
		return nil, errors.New("kms service: no store")
	case o.Sealer == nil:
		return nil, errors.New("kms service: no sealer")
	case o.Now == nil:
		return nil, errors.New("kms service: no clock")
	case o.Fresh < 0:
		return nil, errors.New("kms service: negative freshness")
	case o.Fresh == 0:
		o.Fresh = 500 * time.Millisecond
	}
	return &Service{store: o.Store, sealer: o.Sealer, now: o.Now, limits: o.Limits, fresh: o.Fresh}, nil
}

// time gives the present to the microsecond, which is what stores keep and the wire shows.
func (s *Service) time() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// update runs write, after which nothing that was read before counts any more.
func (s *Service) update(ctx context.Context, write func(Tx) error) error {
	defer s.writes.Add(1) // also on failure: the store may not know whether it wrote
	return s.store.Update(ctx, write)
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

// newID gives n random bytes in hexadecimal digits.
func newID(n int) string {
	id := make([]byte, n)
	rand.Read(id)
	return hex.EncodeToString(id)
}
