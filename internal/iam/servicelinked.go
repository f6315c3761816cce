package iam

import (
	"context"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/fault"
)

// servicePath is where the roles stand that only their service may use or change.
const servicePath = "/aws-service-role/"

// linked are the services that have a service-linked role here, with the role's name. Source: Amazon Bedrock User Guide,
// "Using service-linked roles".
var linked = map[string]string{
	"bedrock.amazonaws.com": "AWSServiceRoleForAmazonBedrock",
}

// CreateServiceLinked makes the role that a service acts as in the account.
func (s *Service) CreateServiceLinked(ctx context.Context, scope Scope, service, description, suffix string) (Principal, error) {
	name, ok := linked[service]
	if !ok {
		return Principal{}, &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: "Service Principal not found: " + service}
	}
	if suffix != "" {
		return Principal{}, &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: "Custom suffix is not allowed for " + service}
	}
	p := Principal{
		Account: scope.Account, Kind: Role, ID: newID(rolePrefix), Name: name, Path: servicePath + service + "/", CreatedAt: s.time(),
		Trust:       fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":[%q]},"Action":["sts:AssumeRole"]}]}`, service),
		Description: description, MaxSession: DefaultSession,
	}
	return p, s.store.Update(ctx, func(tx Tx) error {
		if free(tx, p, "") != nil {
			return &fault.Error{
				Kind: fault.Invalid, Code: codeInvalidInput,
				Message: fmt.Sprintf("Service role name %s has been taken in this account, please try a different suffix.", name),
			}
		}
		return tx.InsertPrincipal(p)
	})
}

// modifiable refuses to change a role that belongs to a service.
func modifiable(p Principal) error {
	if p.Kind == Role && strings.HasPrefix(p.Path, servicePath) {
		return &fault.Error{
			Kind: fault.Invalid, Code: codeUnmodifiable,
			Message: fmt.Sprintf("Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS.", p.Name),
		}
	}
	return nil
}
