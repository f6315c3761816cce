package sts

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// ProviderConfig names an OpenID Connect provider whose tokens are taken.
type ProviderConfig struct {
	// Issuer is the URL in the iss claim, "https://login.example.com/realms/staff".
	Issuer string
	// Audiences are the values of which one must be in the aud claim, or the azp claim where there is one.
	Audiences []string
	// KeysFile or KeysURL holds the provider's JSON Web Key Set; exactly one is needed.
	KeysFile, KeysURL string
}

// How long keys are trusted, and how often an unknown key id may make us look again.
const (
	keysLife  = 10 * time.Minute
	keysPause = 30 * time.Second
	keysBytes = 1 << 20
)

// Provider verifies the tokens of one identity provider. It is safe for concurrent use.
type Provider struct {
	config ProviderConfig
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	keys    map[string]crypto.PublicKey // by key id
	fetched time.Time
}

// NewProvider makes a provider; it fails when the configuration names no keys or the issuer is no https URL. Keys are read when the
// first token comes.
func NewProvider(c ProviderConfig, client *http.Client, now func() time.Time) (*Provider, error) {
	switch {
	case !strings.HasPrefix(c.Issuer, "https://") && !strings.HasPrefix(c.Issuer, "http://127.0.0.1") && !strings.HasPrefix(c.Issuer, "http://localhost"):
		return nil, fmt.Errorf("issuer %q is not an https URL", c.Issuer)
	case len(c.Audiences) == 0:
		return nil, fmt.Errorf("issuer %s: no audiences", c.Issuer)
	case (c.KeysFile == "") == (c.KeysURL == ""):
		return nil, fmt.Errorf("issuer %s: one of keys file and keys URL is needed", c.Issuer)
	}
	return &Provider{config: c, client: client, now: now}, nil
}

// Name gives the issuer as ARNs and condition keys carry it: without its scheme.
func (p *Provider) Name() string {
	_, name, _ := strings.Cut(p.config.Issuer, "://")
	return strings.TrimSuffix(name, "/")
}

// key gives the key with an id. One that is not known makes the provider look again, but not all the time.
func (p *Provider) key(ctx context.Context, id string) (crypto.PublicKey, error) {
	p.mu.Lock()
	key, age := p.keys[id], p.now().Sub(p.fetched)
	p.mu.Unlock()
	if key != nil && age < keysLife {
		return key, nil
	}
	if age >= keysPause {
		keys, err := p.fetch(ctx)
		if err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "The keys of the identity provider cannot be read.")
		}
		p.mu.Lock()
		p.keys, p.fetched = keys, p.now()
		p.mu.Unlock()
		key = keys[id]
	}
	if key == nil {
		return nil, invalidToken("Couldn't retrieve verification key from your identity provider")
	}
	return key, nil
}

func (p *Provider) fetch(ctx context.Context) (map[string]crypto.PublicKey, error) {
	if p.config.KeysFile != "" {
		data, err := os.ReadFile(p.config.KeysFile)
		if err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		return parseKeys(data)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.config.KeysURL, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	answer, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for keys: status %d", answer.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, keysBytes))
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return parseKeys(data)
}

func parseKeys(data []byte) (map[string]crypto.PublicKey, error) {
	var set struct {
		Keys []webKey `json:"keys"`
	}
	if err := json.Unmarshal(data, &set); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	keys := map[string]crypto.PublicKey{}
	for _, k := range set.Keys {
		if key, ok := k.public(); ok {
			keys[k.ID] = key
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("read keys: no RSA or P-256 key for signatures")
	}
	return keys, nil
}

func invalidToken(message string) error {
	return &fault.Error{Kind: fault.Invalid, Code: "InvalidIdentityToken", Message: message}
}
