package kms

import (
	"context"
	"encoding/json"
	"fmt"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// PolicyName is the name of the one policy that a key has.
const PolicyName = "default"

// Policy gives a key's policy.
func (s *Service) Policy(ctx context.Context, scope Scope, key string) (string, error) {
	h, err := s.findKey(ctx, scope, key)
	if err != nil {
		return "", err
	}
	return h.Key.Policy, nil
}

// PolicyInput is a policy to be put on a key; see CreateInput.
type PolicyInput struct {
	Key    string
	Policy string
	Caller policy.Principal
	Bypass Bypass
}

// PutPolicy replaces a key's policy.
func (s *Service) PutPolicy(ctx context.Context, scope Scope, in PolicyInput) error {
	h, err := s.findKey(ctx, scope, in.Key)
	if err != nil {
		return err
	}
	if err := checkPolicy(&h.Key, in.Policy, in.Caller, in.Bypass); err != nil {
		return err
	}
	_, err = s.change(ctx, scope, in.Key, toAdminister, func(k *Key) error {
		k.Policy = in.Policy
		return nil
	})
	return err
}

// checkPolicy refuses a policy that cannot be read or that would keep caller from ever changing it again. An empty one stands for the
// default, which locks nobody out.
func checkPolicy(key *Key, text string, caller policy.Principal, bypass Bypass) error {
	if text == "" {
		return nil
	}
	document, err := policy.Parse(policy.Key, text)
	if fault.Is(err, fault.OverQuota) {
		return err
	}
	if err != nil {
		return refuse(fault.Invalid, MalformedPolicy, "%s", fault.From(err).Message)
	}
	if bypass {
		return nil
	}
	set, err := policy.NewSet(policy.Key, document.Compile(key.ARN()))
	if err != nil {
		return fmt.Errorf("index key policy: %w", err)
	}
	own, err := everything()
	if err != nil {
		return err
	}
	decision := policy.Evaluate(&policy.Inputs{Identity: own, Resource: set}, &policy.Request{
		Principal: caller, Action: "kms:PutKeyPolicy", Resource: key.ARN(), ResourceAccount: key.Account,
	})
	if !decision.Allowed() {
		return refuse(fault.Invalid, MalformedPolicy, "The new key policy will not allow you to update the key policy in the future.")
	}
	return nil
}

// everything gives an identity policy that allows all: what the caller's own policies say may change.
func everything() (*policy.Set, error) {
	document, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return policy.NewSet(policy.Identity, document.Compile("everything"))
}

type statement struct {
	Sid       string            `json:"Sid"`
	Effect    string            `json:"Effect"`
	Principal map[string]string `json:"Principal"`
	Action    any               `json:"Action"`
	Resource  string            `json:"Resource"`
	Condition any               `json:"Condition,omitempty"`
}

// policyText writes a document. What it writes are maps and strings, which encode.
func policyText(id string, statements ...statement) string {
	text, _ := json.MarshalIndent(struct {
		Version   string
		ID        string `json:"Id"`
		Statement []statement
	}{"2012-10-17", id, statements}, "", "  ")
	return string(text)
}

// defaultPolicy is what KMS gives a key that is made by API: the account may do everything, so that its IAM policies count.
func defaultPolicy(scope Scope) string {
	return policyText("key-default-1", statement{
		Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: map[string]string{"AWS": scope.Root()}, Action: "kms:*", Resource: "*",
	})
}

// servicePolicy is that of a service key: everybody in the account may use it through the service, and look at it.
func servicePolicy(scope Scope, service string) string {
	through := map[string]any{"StringEquals": map[string]string{
		"kms:CallerAccount": scope.Account, "kms:ViaService": service + "." + scope.Region + ".amazonaws.com",
	}}
	return policyText("auto-"+service, statement{
		Sid: "Allow access through " + service + " for all principals in the account that are authorized to use it", Effect: "Allow",
		Principal: map[string]string{"AWS": "*"}, Resource: "*", Condition: through,
		Action: []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"},
	}, statement{
		Sid: "Allow direct access to key metadata to the account", Effect: "Allow", Principal: map[string]string{"AWS": scope.Root()}, Resource: "*",
		Action: []string{"kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"},
	})
}
