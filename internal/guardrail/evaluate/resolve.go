package evaluate

import (
	"container/list"
	"context"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"merlon.dev/merlon/internal/guardrail"
)

// Reader gives versions of guardrails. guardrail.Service is one.
type Reader interface {
	Get(ctx context.Context, scope guardrail.Scope, identifier string, version guardrail.Version) (guardrail.Guardrail, error)
	// Summary gives the same without the configuration.
	Summary(ctx context.Context, scope guardrail.Scope, identifier string, version guardrail.Version) (guardrail.Summary, error)
	// Confirm fails where what Get gave may no longer be used, because its key may not.
	Confirm(ctx context.Context, g guardrail.Guardrail) error
}

// Key names one version of a guardrail.
type Key struct {
	guardrail.Scope
	ID      string
	Version guardrail.Version
}

// Resolver gives compiled guardrails and keeps the ones used last. It is safe for concurrent use.
//
// Every call sees the version as it is at that moment: a kept form is used only if nothing at all was written since it was last
// confirmed, or if the version's revision is still the same; and only while its key can be used.
type Resolver struct {
	reader    Reader
	changes   func() uint64
	factories Factories
	capacity  int
	compiling singleflight.Group

	mu      sync.Mutex
	entries map[Key]*list.Element // of *entry
	recent  *list.List            // most recently used first
}

type entry struct {
	key      Key
	compiled *Compiled
	changes  uint64 // at which the entry was last confirmed
}

// NewResolver makes a resolver that keeps up to capacity compiled guardrails. changes counts the writes to the reader's store: it
// rises before a write is acknowledged.
func NewResolver(reader Reader, changes func() uint64, factories Factories, capacity int) *Resolver {
	return &Resolver{reader: reader, changes: changes, factories: factories, capacity: capacity, entries: map[Key]*list.Element{}, recent: list.New()}
}

// Resolve gives the compiled form of a version. Its errors are the reader's, and those of compiling.
func (r *Resolver) Resolve(ctx context.Context, key Key) (*Compiled, error) {
	changes := r.changes() // before anything is read: a write in between only makes us look again next time
	kept, confirmed := r.kept(key)
	if kept != nil && confirmed == changes {
		return kept, r.reader.Confirm(ctx, kept.guardrail)
	}
	if kept != nil {
		summary, err := r.reader.Summary(ctx, key.Scope, key.ID, key.Version)
		if err != nil {
			r.drop(key)
			return nil, err
		}
		if summary.Revision == kept.guardrail.Revision {
			r.keep(key, kept, changes)
			return kept, r.reader.Confirm(ctx, kept.guardrail)
		}
	}
	g, err := r.reader.Get(ctx, key.Scope, key.ID, key.Version)
	if err != nil {
		r.drop(key)
		return nil, err
	}
	compiled, err := r.compile(key, g)
	if err != nil {
		return nil, err
	}
	r.keep(key, compiled, changes)
	return compiled, nil
}

// compile compiles a revision once, however many calls want it.
func (r *Resolver) compile(key Key, g guardrail.Guardrail) (*Compiled, error) {
	flight := key.ARN(key.ID) + "\x00" + key.Version.String() + "\x00" + strconv.FormatInt(g.Revision, 10)
	v, err, _ := r.compiling.Do(flight, func() (any, error) { return Compile(g, r.factories) })
	if err != nil {
		return nil, err
	}
	return v.(*Compiled), nil
}

func (r *Resolver) kept(key Key) (*Compiled, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	element, ok := r.entries[key]
	if !ok {
		return nil, 0
	}
	r.recent.MoveToFront(element)
	e := element.Value.(*entry)
	return e.compiled, e.changes
}

func (r *Resolver) keep(key Key, compiled *Compiled, changes uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if element, ok := r.entries[key]; ok {
		e := element.Value.(*entry)
		// A slower call must not put an older form over a newer one.
		if compiled.guardrail.Revision >= e.compiled.guardrail.Revision {
			e.compiled, e.changes = compiled, changes
		}
		return
	}
	r.entries[key] = r.recent.PushFront(&entry{key, compiled, changes})
	for len(r.entries) > r.capacity {
		last := r.recent.Back()
		r.recent.Remove(last)
		delete(r.entries, last.Value.(*entry).key)
	}
}

func (r *Resolver) drop(key Key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if element, ok := r.entries[key]; ok {
		r.recent.Remove(element)
		delete(r.entries, key)
	}
}
