package sts

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// How long sessions of users and roots last, by default and at most.
const (
	userDefault = 12 * time.Hour
	rootMost    = time.Hour
)

// longTerm refuses callers with temporary credentials: only a user's or root's own key gives further sessions.
func longTerm(caller *operation.Caller, action string) error {
	if caller.Session != nil || caller.Bearer != "" || caller.Kind != policy.User && caller.Kind != policy.Root {
		return fault.New(fault.Denied, "Cannot call %s with session credentials", action)
	}
	return nil
}

// ownDuration gives how long a session of the caller is to last. Roots get an hour at most, whatever they ask for.
func ownDuration(caller *operation.Caller, wanted time.Duration) time.Duration {
	if wanted == 0 {
		wanted = userDefault
	}
	if caller.Kind == policy.Root {
		return min(wanted, rootMost)
	}
	return wanted
}

func claimsOf(caller *operation.Caller) Claims {
	return Claims{
		Kind: caller.Kind, Partition: caller.Partition, Account: caller.Account, PrincipalID: caller.PrincipalID, ParentKey: caller.AccessKeyID,
	}
}

// GetSessionToken makes a session of the caller. It may do what the caller may, as long as the caller's key works.
func (s *Service) GetSessionToken(ctx context.Context, caller *operation.Caller, lasting time.Duration) (Session, error) {
	if err := longTerm(caller, "GetSessionToken"); err != nil {
		return Session{}, err
	}
	return s.issue(ctx, claimsOf(caller), ownDuration(caller, lasting))
}

// GetFederationToken makes a session in the caller's name that may do what the caller may and the passed policies allow as well;
// without any it may do nothing, but what resource policies allow it by its ARN.
func (s *Service) GetFederationToken(ctx context.Context, caller *operation.Caller, name string, lasting time.Duration, scope Scope) (Session, error) {
	if err := longTerm(caller, "GetFederationToken"); err != nil {
		return Session{}, err
	}
	c := claimsOf(caller)
	c.Kind, c.Name = policy.FederatedUser, name
	if err := s.limit(ctx, &c, scope); err != nil {
		return Session{}, err
	}
	if err := tag(&c, scope, nil, nil); err != nil {
		return Session{}, err
	}
	made, err := s.issue(ctx, c, ownDuration(caller, lasting))
	made.ARN, made.ID = FederatedARN(c.Partition, c.Account, name), c.Account+":"+name
	if made.PackedPercent == nil {
		made.PackedPercent = new(0)
	}
	return made, err
}

// FederatedARN gives the ARN of a federated user.
func FederatedARN(partition, account, name string) string {
	return arn.ARN{Partition: partition, Service: "sts", Account: account, Resource: "federated-user/" + name}.String()
}
