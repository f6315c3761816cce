package kms

import (
	"context"
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

func (s service) policyOperations() []operation.Operation {
	return []operation.Operation{
		serve(wire.GetKeyPolicy, operation.Read, just(s, "GetKeyPolicy", func(in *wire.GetKeyPolicyRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.GetKeyPolicyRequest) (*wire.GetKeyPolicyResponse, error) {
				if err := checkPolicyName(in.PolicyName); err != nil {
					return nil, err
				}
				document, err := s.keys.Policy(ctx, scopeOf(call), text(in.KeyId))
				if err != nil {
					return nil, err
				}
				return &wire.GetKeyPolicyResponse{Policy: &document, PolicyName: new(kms.PolicyName)}, nil
			}),
		serve(wire.PutKeyPolicy, operation.Write, func(call *operation.Call, in *wire.PutKeyPolicyRequest) []operation.Requirement {
			bypass := strconv.FormatBool(truth(in.BypassPolicyLockoutSafetyCheck))
			return []operation.Requirement{s.onKey(call, "PutKeyPolicy", in.KeyId, conditions{"kms:BypassPolicyLockoutSafetyCheck": {bypass}})}
		}, func(ctx context.Context, call *operation.Call, in *wire.PutKeyPolicyRequest) (*codec.Empty, error) {
			if err := checkPolicyName(in.PolicyName); err != nil {
				return nil, err
			}
			return new(codec.Empty), s.keys.PutPolicy(ctx, scopeOf(call), kms.PolicyInput{
				Key: text(in.KeyId), Policy: text(in.Policy), Caller: principalOf(call), Bypass: kms.Bypass(truth(in.BypassPolicyLockoutSafetyCheck)),
			})
		}),
		serve(wire.ListKeyPolicies, operation.Read, just(s, "ListKeyPolicies", func(in *wire.ListKeyPoliciesRequest) *string { return in.KeyId }),
			func(ctx context.Context, call *operation.Call, in *wire.ListKeyPoliciesRequest) (*wire.ListKeyPoliciesResponse, error) {
				if _, err := s.open(call, in.Marker, in.Limit, restPage, "ListKeyPolicies", text(in.KeyId)); err != nil {
					return nil, err
				}
				if _, err := s.keys.Policy(ctx, scopeOf(call), text(in.KeyId)); err != nil {
					return nil, err
				}
				return &wire.ListKeyPoliciesResponse{PolicyNames: []string{kms.PolicyName}, Truncated: new(false)}, nil
			}),
	}
}

func checkPolicyName(name *string) error {
	if name != nil && *name != kms.PolicyName {
		return fault.New(fault.NotFound, "No such policy exists")
	}
	return nil
}
