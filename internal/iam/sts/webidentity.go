package sts

import (
	"context"
	"errors"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/policy"
)

// WebIdentityInput asks for a role session with a token of an identity provider.
type WebIdentityInput struct {
	AssumeInput
	Token string
}

// WebSession is a role session with what the token said.
type WebSession struct {
	Session
	Provider, Audience, Subject string
}

// AssumeRoleWithWebIdentity makes a role session for the holder of a token, where the role's trust policy allows the provider in view
// of what the token says. The call is not signed: the token is the credential.
func (s *Service) AssumeRoleWithWebIdentity(ctx context.Context, sourceIP string, in WebIdentityInput) (WebSession, error) {
	issuer, ok := issuerOf(in.Token)
	if !ok {
		return WebSession{}, invalidToken("The web identity token that was passed could not be parsed.")
	}
	provider := s.providers[issuer]
	if provider == nil {
		return WebSession{}, invalidToken("No OpenIDConnect provider found in your account for " + issuer)
	}
	claims, err := provider.verify(ctx, in.Token)
	if err != nil {
		return WebSession{}, err
	}
	for key, values := range claims.Tags.Principal {
		if len(values) != 1 {
			return WebSession{}, invalidToken("Every principal tag of the web identity token must have one value.")
		}
		in.Tags = append(in.Tags, iam.Tag{Key: key, Value: values[0]})
	}
	slices.SortFunc(in.Tags, func(a, b iam.Tag) int { return strings.Compare(a.Key, b.Key) })
	in.Transitive, in.SourceIdentity = claims.Tags.Transitive, claims.Source

	const action = "sts:AssumeRoleWithWebIdentity"
	role, err := s.role(ctx, in.RoleARN)
	if errors.Is(err, directory.ErrUnknown) {
		return WebSession{}, denied("", action, in.RoleARN)
	}
	if err != nil {
		return WebSession{}, err
	}
	if !s.trusts(role, provider, claims, sourceIP, in.AssumeInput) {
		return WebSession{}, denied("", action, in.RoleARN)
	}
	c := Claims{Provider: provider.Name(), SourceIdentity: in.SourceIdentity}
	if err := tag(&c, in.Scope, nil, nil); err != nil {
		return WebSession{}, err
	}
	made, err := s.assume(ctx, c, in.AssumeInput, "", action)
	return WebSession{made, provider.config.Issuer, claims.audience(), claims.Subject}, err
}

// trusts asks the trust policy for every action that the token amounts to.
func (s *Service) trusts(role *directory.Principal, provider *Provider, claims webClaims, sourceIP string, in AssumeInput) bool {
	actions := []string{"sts:AssumeRoleWithWebIdentity"}
	if len(in.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if in.SourceIdentity != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	req := policy.Request{
		Principal:       policy.Principal{Kind: policy.Provider, Name: iam.Scope{Partition: "aws", Account: role.Account}.ARN("oidc-provider/" + provider.Name())},
		ResourceAccount: role.Account, Resource: in.RoleARN,
	}
	name := provider.Name()
	req.Context.Set(name+":aud", claims.audience())
	req.Context.Set(name+":sub", claims.Subject)
	req.Context.Set(name+":amr", claims.Methods...)
	req.Context.Set("aws:FederatedProvider", req.Principal.Name)
	req.Context.Set("aws:SourceIp", sourceIP)
	req.Context.Set("sts:RoleSessionName", in.SessionName)
	if in.SourceIdentity != "" {
		req.Context.Set("sts:SourceIdentity", in.SourceIdentity)
	}
	req.Context.Set("sts:TransitiveTagKeys", in.Transitive...)
	keys := make([]string, len(in.Tags))
	for i, t := range in.Tags {
		req.Context.Set("aws:RequestTag/"+t.Key, t.Value)
		keys[i] = t.Key
	}
	req.Context.Set("aws:TagKeys", keys...)
	for _, action := range actions {
		req.Action = action
		if !policy.Evaluate(&policy.Inputs{Resource: role.Trust}, &req).Allowed() {
			return false
		}
	}
	return true
}
