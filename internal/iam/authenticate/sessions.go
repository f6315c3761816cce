package authenticate

import (
	"crypto/sha256"
	"sync"

	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
)

// maxSessions bounds how many opened tokens are kept. Each takes a few hundred bytes beside its policies.
const maxSessions = 10_000

// opened is a token that has been opened: its claims, and the same in the form that calls carry.
type opened struct {
	claims  sts.Claims
	session *operation.Session
}

func newOpened(c sts.Claims) *opened {
	s := &operation.Session{
		Name: c.Name, IssuedAt: c.IssuedAt, ExpiresAt: c.ExpiresAt, SourceIdentity: c.SourceIdentity, Provider: c.Provider,
		Tags: c.Tags, Transitive: c.Transitive, PolicyARNs: c.PolicyARNs, Chained: c.Chained,
	}
	if c.Policy != "" {
		s.Policies = []string{c.Policy}
	}
	return &opened{c, s}
}

// sessions keeps opened tokens by their hash, so that a busy session is unsealed once.
type sessions struct {
	mu    sync.RWMutex
	known map[[sha256.Size]byte]*opened
}

func newSessions() *sessions { return &sessions{known: map[[sha256.Size]byte]*opened{}} }

func (s *sessions) get(hash [sha256.Size]byte) *opened {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[hash]
}

func (s *sessions) put(hash [sha256.Size]byte, o *opened) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxSessions {
		for other := range s.known {
			delete(s.known, other)
			break
		}
	}
	s.known[hash] = o
}
