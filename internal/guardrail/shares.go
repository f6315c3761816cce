package guardrail

import (
	"context"
	"sync"

	"merlon.dev/merlon/internal/policy"
)

// maxShares bounds how many guardrails, and how many versions, Shares keeps in memory.
const maxShares = 10_000

// Shares gives what the Service tells the authorise phase, from memory while nothing has changed. It is safe for concurrent use.
type Shares struct {
	service *Service
	known   recent[string, *policy.Set]
	keys    recent[versionOf, string]
}

type versionOf struct {
	resource string
	version  Version
}

// NewShares makes the memory of a service. changes rises whenever a row of the store may have changed, as Store.Changes does.
func NewShares(service *Service, changes func() uint64) *Shares {
	return &Shares{service: service, known: recent[string, *policy.Set]{changes: changes}, keys: recent[versionOf, string]{changes: changes}}
}

// Shared is Service.Shared.
func (s *Shares) Shared(ctx context.Context, scope Scope, resource string) (*policy.Set, error) {
	return s.known.get(resource, func() (*policy.Set, error) { return s.service.Shared(ctx, scope, resource) })
}

// TagMap is Service.TagMap.
func (s *Shares) TagMap(ctx context.Context, scope Scope, resource string) (map[string]string, error) {
	return s.service.TagMap(ctx, scope, resource)
}

// KeyOf is Service.KeyOf.
func (s *Shares) KeyOf(ctx context.Context, scope Scope, resource string, version Version) (string, error) {
	return s.keys.get(versionOf{resource, version}, func() (string, error) { return s.service.KeyOf(ctx, scope, resource, version) })
}

// recent remembers what was read since the last change.
type recent[K comparable, V any] struct {
	changes func() uint64

	mu    sync.RWMutex
	at    uint64
	known map[K]V
}

// get gives the value of key, which read reads where it is not remembered.
func (r *recent[K, V]) get(key K, read func() (V, error)) (V, error) {
	changes := r.changes()
	r.mu.RLock()
	value, ok := r.known[key]
	ok = ok && r.at == changes
	r.mu.RUnlock()
	if ok {
		return value, nil
	}
	value, err := read()
	if err != nil {
		return value, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || r.at != changes || len(r.known) >= maxShares {
		r.known, r.at = map[K]V{}, changes
	}
	r.known[key] = value
	return value, nil
}
