// Package gatewaytest gives tests an authenticator and an authorizer that know the roots of accounts and nobody else.
package gatewaytest

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// Root is an account and the access key of its root principal.
type Root struct {
	Account     string // 12 digits
	AccessKeyID string
	Secret      secret.String
}

// RootAuthenticator knows the root principals of a fixed set of accounts.
type RootAuthenticator struct{ roots map[string]Root }

// NewRootAuthenticator refuses an access key that is given twice.
func NewRootAuthenticator(roots ...Root) (*RootAuthenticator, error) {
	a := &RootAuthenticator{roots: map[string]Root{}}
	for _, root := range roots {
		if _, taken := a.roots[root.AccessKeyID]; taken {
			return nil, fmt.Errorf("access key %s belongs to two accounts", root.AccessKeyID)
		}
		a.roots[root.AccessKeyID] = root
	}
	return a, nil
}

// Identify gives the root principal that the access key belongs to.
func (a *RootAuthenticator) Identify(_ context.Context, claim *sigv4.Signature) (gateway.Identity, error) {
	root, ok := a.roots[claim.AccessKeyID]
	if !ok {
		return gateway.Identity{}, sigv4.Refuse(sigv4.UnknownKey)
	}
	return gateway.Identity{
		Credentials: sigv4.Credentials{AccessKeyID: root.AccessKeyID, Secret: root.Secret},
		Account:     root.Account,
		Principal:   rootOf(arn.PartitionOf(claim.Region), root.Account),
	}, nil
}

func rootOf(partition, account string) string {
	return "arn:" + partition + ":iam::" + account + ":root"
}

// RootAuthorizer allows an account's root principal everything within its own account, and nobody anything else. Its zero value is ready.
type RootAuthorizer struct{}

// Authorize denies in AWS's words.
func (RootAuthorizer) Authorize(_ context.Context, call *operation.Call, requirements []operation.Requirement) error {
	root := call.Principal == rootOf(call.Partition, call.Account)
	for _, r := range requirements {
		switch {
		case !root:
			return denied(call, r, "identity")
		case !within(r.Resource, call.Account):
			return denied(call, r, "resource")
		}
	}
	return nil
}

// within reports whether a resource belongs to the account, or to nobody, as base models and "*" do.
func within(resource, account string) bool {
	if resource == "*" {
		return true
	}
	a, err := arn.Parse(resource)
	return err == nil && (a.Account == account || a.Account == "")
}

func denied(call *operation.Call, r operation.Requirement, policy string) error {
	return fault.New(fault.Denied, "User: %s is not authorized to perform: %s on resource: %s because no %s-based policy allows the %s action",
		call.Principal, r.Action, r.Resource, policy, r.Action)
}
