package authenticate

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/sigv4"
)

// A short-term API key is this prefix and the base64 of a presigned POST to this host, without its scheme and with a version behind it.
// Source: the generators that AWS publishes (aws-bedrock-token-generator for Python, Java and JavaScript).
const (
	shortTermPrefix  = "bedrock-api-key-"
	shortTermHost    = "bedrock.amazonaws.com"
	shortTermAction  = "CallWithBearerToken"
	shortTermVersion = "&Version=1"
)

// IdentifyAPIKey gives the owner of an API key of Amazon Bedrock, proven. region is the one that a short-term key was made for; a
// long-term one is good for all. A key that is not genuine, or may not be used, is a fault of kind Denied.
func (a *Authenticator) IdentifyAPIKey(ctx context.Context, key string) (id Identity, accessKeyID, region string, err error) {
	if encoded, ok := strings.CutPrefix(key, shortTermPrefix); ok {
		return a.shortTerm(ctx, encoded)
	}
	id, err = a.longTerm(ctx, key)
	return id, "", "", err
}

func (a *Authenticator) shortTerm(ctx context.Context, encoded string) (Identity, string, string, error) {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Identity{}, "", "", errAPIKey()
	}
	target, ok := strings.CutPrefix(string(text), shortTermHost+"/?")
	query, versioned := strings.CutSuffix(target, shortTermVersion)
	if !ok || !versioned {
		return Identity{}, "", "", errAPIKey()
	}
	r := &http.Request{Method: http.MethodPost, Host: shortTermHost, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{}}
	if actions := r.URL.Query()["Action"]; len(actions) != 1 || actions[0] != shortTermAction {
		return Identity{}, "", "", errAPIKey()
	}
	claim, err := sigv4.Parse(r)
	if err != nil || !claim.Presigned {
		return Identity{}, "", "", errAPIKey()
	}
	id, err := a.Identify(ctx, claim)
	if err == nil {
		err = a.verifier.Verify(r, claim, id.Credentials, nil, sigv4.Rules{Service: "bedrock"})
	}
	var refused *sigv4.Error
	switch {
	case errors.As(err, &refused) && (refused.Reason == sigv4.PresignedExpired || refused.Reason == sigv4.TokenExpired):
		return Identity{}, "", "", fault.New(fault.Denied, "Bearer Token has expired")
	case errors.As(err, &refused):
		return Identity{}, "", "", errAPIKey()
	case err != nil:
		return Identity{}, "", "", err
	}
	id.Bearer = operation.ShortTerm
	return id, claim.AccessKeyID, claim.Region, nil
}

func (a *Authenticator) longTerm(ctx context.Context, key string) (Identity, error) {
	alias, value, ok := iam.ParseAPIKey(key)
	if !ok {
		return Identity{}, errAPIKey()
	}
	found, err := a.directory.APIKey(ctx, alias)
	if errors.Is(err, directory.ErrUnknown) {
		return Identity{}, errAPIKey()
	}
	if err != nil {
		return Identity{}, err
	}
	expired := !found.ExpiresAt.IsZero() && !a.now().Before(found.ExpiresAt)
	if !found.Secret.Equal(value) || found.Status != iam.Active || expired {
		return Identity{}, errAPIKey()
	}
	var id Identity
	if err := a.own(ctx, &id, found.Account, found.Owner, "aws"); err != nil {
		var refused *sigv4.Error
		if errors.As(err, &refused) {
			err = errAPIKey()
		}
		return Identity{}, err
	}
	id.Bearer = operation.LongTerm
	return id, nil
}

func errAPIKey() error {
	return fault.New(fault.Denied, "Authentication failed: Please make sure your API Key is valid.")
}
