package guardrail

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// Proposal is a configuration as a caller asks for it, with names that are still to be resolved.
type Proposal struct {
	// Config holds everything else; its ProfileID, ProfileARN and KMSKeyARN are not read.
	Config
	Profile string // id or ARN of a guardrail profile, or empty
	KMSKey  string // key id, key ARN, alias name or alias ARN, or empty
}

// settle checks a proposal's meaning and resolves its names. The result is fit to be stored.
func (s *Service) settle(ctx context.Context, scope Scope, p Proposal) (Config, error) {
	c := p.Config
	c.ProfileID, c.ProfileARN, c.KMSKeyARN = "", "", ""
	if p.Profile != "" {
		id, err := resolveProfile(scope, p.Profile)
		if err != nil {
			return Config{}, err
		}
		c.ProfileID, c.ProfileARN = id, scope.ProfileARN(id)
	}
	if err := s.validate(c); err != nil {
		return Config{}, err
	}
	if p.KMSKey != "" {
		key, err := s.keys.ResolveKey(ctx, scope, p.KMSKey)
		if err != nil {
			return Config{}, err
		}
		c.KMSKeyARN = key
	}
	return c, nil
}

// fingerprint identifies everything that a request asks for, as it was asked: a key alias that leads elsewhere by the time
// of a retry does not make the retry another request.
func fingerprint(parts ...any) ([32]byte, error) {
	encoded, err := json.Marshal(parts)
	if err != nil {
		return [32]byte{}, fmt.Errorf("fingerprint request: %w", err)
	}
	return sha256.Sum256(encoded), nil
}
