package iam

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/secret"
)

// bedrockService is the one service that has service-specific credentials here: they are the long-term API keys of Amazon Bedrock.
const bedrockService = "bedrock.amazonaws.com"

// apiKeyPrefix begins a long-term API key; the base64 of its public part, a colon and its secret follows. Source: Amazon Bedrock User
// Guide, "API keys".
const apiKeyPrefix = "ABSK"

// ListServiceCredentials says which service-specific credentials are meant: a user's, or with an empty name everybody's.
type ListServiceCredentials struct {
	UserName string
	Service  string // empty for all
}

// CreateServiceCredential makes a long-term API key for a user. It is given here and never again; age 0 never expires.
func (s *Service) CreateServiceCredential(ctx context.Context, scope Scope, userName, service string, age time.Duration) (ServiceCredential, secret.String, error) {
	c := ServiceCredential{ID: newID(credentialPrefix), Account: scope.Account, Service: service, Status: Active, CreatedAt: s.time()}
	if age > 0 {
		c.ExpiresAt = c.CreatedAt.Add(age)
	}
	value := NewSecret()
	sealed, err := s.sealer.Seal(ctx, []byte(value.Reveal()), keyContext(c.Account, c.ID))
	if err != nil {
		return c, value, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		user, err := named(tx, scope, User, userName)
		if err != nil {
			return err
		}
		if service != bedrockService {
			return fault.New(fault.NotFound, "No such service %s is supported for Service Specific Credentials", service)
		}
		present, err := tx.ServiceCredentials(scope.Account, user.ID)
		if err != nil {
			return err
		}
		if len(present) >= MaxKeys {
			return errLimit("ServiceSpecificCredentialsPerUser", MaxKeys)
		}
		c.Owner, c.Alias = user.ID, freeAlias(user.Name, scope.Account, present)
		return tx.InsertServiceCredential(c, sealed)
	})
	return c, apiKey(c, value), err
}

// freeAlias gives the public part of a new API key, "ann-at-123456789012" or the next "ann+1-at-123456789012".
func freeAlias(name, account string, present []ServiceCredential) string {
	for n := 0; ; n++ {
		alias := name + "-at-" + account
		if n > 0 {
			alias = fmt.Sprintf("%s+%d-at-%s", name, n, account)
		}
		taken := false
		for _, c := range present {
			taken = taken || strings.EqualFold(c.Alias, alias)
		}
		if !taken {
			return alias
		}
	}
}

func apiKey(c ServiceCredential, value secret.String) secret.String {
	return secret.New(apiKeyPrefix + base64.StdEncoding.EncodeToString([]byte(c.Alias+":"+value.Reveal())))
}

// ServiceCredentials gives service-specific credentials and the names of their users by unique id.
func (s *Service) ServiceCredentials(ctx context.Context, scope Scope, in ListServiceCredentials) (found []ServiceCredential, names map[string]string, err error) {
	names = map[string]string{}
	err = s.store.View(ctx, func(tx Tx) error {
		owner, err := Holder{in.UserName}.owner(tx, scope)
		if err != nil {
			return err
		}
		all, err := tx.ServiceCredentials(scope.Account, owner)
		if err != nil {
			return err
		}
		for _, c := range all {
			if in.Service != "" && c.Service != in.Service {
				continue
			}
			found = append(found, c)
			p, err := tx.PrincipalByID(c.Owner)
			if err != nil {
				return err
			}
			names[c.Owner] = p.Name
		}
		return nil
	})
	return found, names, err
}

// SetServiceCredentialStatus turns a service-specific credential on or off.
func (s *Service) SetServiceCredentialStatus(ctx context.Context, scope Scope, userName, id string, status Status) error {
	return s.onCredential(ctx, scope, userName, id, func(tx Tx, _ ServiceCredential) error { return tx.SetServiceCredentialStatus(id, status) })
}

// DeleteServiceCredential removes a service-specific credential.
func (s *Service) DeleteServiceCredential(ctx context.Context, scope Scope, userName, id string) error {
	return s.onCredential(ctx, scope, userName, id, func(tx Tx, _ ServiceCredential) error { return tx.DeleteServiceCredential(id) })
}

// ResetServiceCredential gives a service-specific credential another secret: the API key that it had is worthless from then on.
func (s *Service) ResetServiceCredential(ctx context.Context, scope Scope, userName, id string) (c ServiceCredential, key secret.String, err error) {
	value := NewSecret()
	sealed, err := s.sealer.Seal(ctx, []byte(value.Reveal()), keyContext(scope.Account, id))
	if err != nil {
		return c, key, err
	}
	err = s.onCredential(ctx, scope, userName, id, func(tx Tx, found ServiceCredential) error {
		c = found
		return tx.ReplaceServiceSecret(id, sealed)
	})
	return c, apiKey(c, value), err
}

func (s *Service) onCredential(ctx context.Context, scope Scope, userName, id string, act func(Tx, ServiceCredential) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		owner, err := Holder{userName}.owner(tx, scope)
		if err != nil {
			return err
		}
		c, err := tx.ServiceCredential(id)
		if errors.Is(err, ErrNoRow) || err == nil && (c.Account != scope.Account || owner == "" || c.Owner != owner) {
			return fault.New(fault.NotFound, "No such credential %s exists", id)
		}
		if err != nil {
			return err
		}
		return act(tx, c)
	})
}

// ParseAPIKey reads a long-term API key into the public part, which finds the credential, and the secret, which proves it.
func ParseAPIKey(key string) (alias string, value secret.String, ok bool) {
	encoded, ok := strings.CutPrefix(key, apiKeyPrefix)
	if !ok {
		return "", value, false
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", value, false
	}
	alias, plain, ok := strings.Cut(string(text), ":")
	return alias, secret.New(plain), ok && plain != ""
}
