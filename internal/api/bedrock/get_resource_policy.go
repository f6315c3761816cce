package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) getResourcePolicy() operation.Operation {
	return operation.Operation{
		Schema: wire.GetResourcePolicy, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.GetResourcePolicyRequest) []operation.Requirement {
			return s.onResource(call, "GetResourcePolicy", text(in.ResourceArn))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.GetResourcePolicyRequest) (*wire.GetResourcePolicyResponse, error) {
			document, err := s.guardrails.ResourcePolicy(ctx, scopeOf(call), text(in.ResourceArn))
			if err != nil {
				return nil, err
			}
			return &wire.GetResourcePolicyResponse{ResourcePolicy: &document}, nil
		}),
	}
}
