package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	apiiam "merlon.dev/merlon/internal/api/iam"
	apists "merlon.dev/merlon/internal/api/sts"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/authenticate"
	"merlon.dev/merlon/internal/iam/authorize"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/sigv4"
)

// people is everything that knows who somebody is and what they may do.
type people struct {
	authenticator authenticator
	authorizer    *authorize.Authorizer
	sessions      *sts.Service
	services      []operation.Service
}

func newPeople(store iam.Store, sealer envelope.Sealer, c config.Resolved, log *slog.Logger) (*people, error) {
	identities, err := iam.NewService(iam.Options{Store: store, Sealer: sealer, Limits: iam.DefaultLimits(), Now: time.Now})
	if err != nil {
		return nil, err
	}
	d := directory.New(store, sealer, time.Now)
	providers, err := newProviders(c.IdentityProviders)
	if err != nil {
		return nil, err
	}
	sessions, err := sts.New(sts.Options{Directory: d, Sealer: sealer, Providers: providers, Now: time.Now})
	if err != nil {
		return nil, err
	}
	roots := make([]authenticate.Root, len(c.Keys))
	for i, k := range c.Keys {
		roots[i] = authenticate.Root{Account: k.Account, AccessKeyID: k.AccessKeyID, Secret: k.Secret}
	}
	known, err := authenticate.New(d, sealer, time.Now, roots...)
	if err != nil {
		return nil, err
	}
	bounds, err := serviceControl(c.ServiceControl)
	if err != nil {
		return nil, err
	}
	return &people{
		authenticator: authenticator{known},
		authorizer:    authorize.New(authorize.Config{Directory: d, Store: store, Sealer: sealer, ServiceControl: bounds, Now: time.Now, Log: log}),
		sessions:      sessions,
		services:      []operation.Service{apiiam.New(identities, d), apists.New(sessions, d)},
	}, nil
}

func newProviders(configured []config.IdentityProvider) ([]*sts.Provider, error) {
	providers := make([]*sts.Provider, len(configured))
	client := &http.Client{Timeout: 10 * time.Second}
	for i, p := range configured {
		var err error
		providers[i], err = sts.NewProvider(sts.ProviderConfig{Issuer: p.Issuer, Audiences: p.Audiences, KeysFile: p.KeysFile, KeysURL: p.KeysURL}, client, time.Now)
		if err != nil {
			return nil, fmt.Errorf("identity_providers[%d]: %w", i, err)
		}
	}
	return providers, nil
}

// serviceControl compiles the service control policies of every account that has any: one level each.
func serviceControl(texts map[string][]config.ServiceControlPolicy) (map[string][]*policy.Set, error) {
	levels := map[string][]*policy.Set{}
	for account, policies := range texts {
		var compiled []*policy.Policy
		for _, p := range policies {
			document, err := policy.Parse(policy.ServiceControl, p.Document)
			if err != nil {
				return nil, fmt.Errorf("service control policy %s: %w", p.File, err)
			}
			compiled = append(compiled, document.Compile(p.File))
		}
		set, err := policy.NewSet(policy.ServiceControl, compiled...)
		if err != nil {
			return nil, err
		}
		levels[account] = []*policy.Set{set}
	}
	return levels, nil
}

// authenticator gives the gateway what authenticate knows.
type authenticator struct{ known *authenticate.Authenticator }

var _ gateway.KeyAuthenticator = authenticator{}

// Identify implements gateway.Authenticator.
func (a authenticator) Identify(ctx context.Context, claim *sigv4.Signature) (gateway.Identity, error) {
	id, err := a.known.Identify(ctx, claim)
	return gateway.Identity(id), err
}

// IdentifyKey implements gateway.KeyAuthenticator.
func (a authenticator) IdentifyKey(ctx context.Context, key string) (gateway.Identity, string, string, error) {
	id, accessKeyID, region, err := a.known.IdentifyAPIKey(ctx, key)
	return gateway.Identity(id), accessKeyID, region, err
}
