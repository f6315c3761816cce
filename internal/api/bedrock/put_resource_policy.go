package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) putResourcePolicy() operation.Operation {
	return operation.Operation{
		Schema: wire.PutResourcePolicy, Audit: operation.Management, Effect: operation.Write, BodyLimit: policyBody,
		Requires: requires(func(call *operation.Call, in *wire.PutResourcePolicyRequest) []operation.Requirement {
			return s.onResource(call, "PutResourcePolicy", text(in.ResourceArn))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.PutResourcePolicyRequest) (*wire.PutResourcePolicyResponse, error) {
			err := s.guardrails.PutResourcePolicy(ctx, scopeOf(call), text(in.ResourceArn), text(in.ResourcePolicy))
			if err != nil {
				return nil, err
			}
			return &wire.PutResourcePolicyResponse{ResourceArn: in.ResourceArn}, nil
		}),
	}
}
