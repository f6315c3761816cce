package guardrail

import (
	"context"
	"sync"

	"merlon.dev/merlon/internal/policy"
)

// maxShares bounds how many guardrails Shares keeps in memory.
const maxShares = 10_000

// Shares gives what Service.Shared and Service.TagMap give, from memory while nothing has changed. It is safe for concurrent use.
type Shares struct {
	service *Service
	changes func() uint64

	mu    sync.RWMutex
	at    uint64
	known map[string]*policy.Set
}

// NewShares makes the memory of a service. changes rises whenever a row of the store may have changed, as Store.Changes does.
func NewShares(service *Service, changes func() uint64) *Shares {
	return &Shares{service: service, changes: changes, known: map[string]*policy.Set{}}
}

// Shared is Service.Shared.
func (s *Shares) Shared(ctx context.Context, scope Scope, resource string) (*policy.Set, error) {
	changes := s.changes()
	s.mu.RLock()
	set, ok := s.known[resource]
	ok = ok && s.at == changes
	s.mu.RUnlock()
	if ok {
		return set, nil
	}
	set, err := s.service.Shared(ctx, scope, resource)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at != changes || len(s.known) >= maxShares {
		clear(s.known)
		s.at = changes
	}
	s.known[resource] = set
	return set, nil
}

// TagMap is Service.TagMap.
func (s *Shares) TagMap(ctx context.Context, scope Scope, resource string) (map[string]string, error) {
	return s.service.TagMap(ctx, scope, resource)
}
