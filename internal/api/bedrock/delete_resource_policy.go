package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) deleteResourcePolicy() operation.Operation {
	return operation.Operation{
		Schema: wire.DeleteResourcePolicy, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.DeleteResourcePolicyRequest) []operation.Requirement {
			// Who may not put a policy may not take one away either.
			return append(s.onResource(call, "DeleteResourcePolicy", text(in.ResourceArn)), s.onResource(call, "PutResourcePolicy", text(in.ResourceArn))...)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.DeleteResourcePolicyRequest) (*wire.DeleteResourcePolicyResponse, error) {
			return &wire.DeleteResourcePolicyResponse{}, s.guardrails.DeleteResourcePolicy(ctx, scopeOf(call), text(in.ResourceArn))
		}),
	}
}
