package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) deleteGuardrail() operation.Operation {
	return operation.Operation{
		Schema: wire.DeleteGuardrail, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.DeleteGuardrailRequest) []operation.Requirement {
			return s.onGuardrail(call, "DeleteGuardrail", in.GuardrailIdentifier)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.DeleteGuardrailRequest) (*wire.DeleteGuardrailResponse, error) {
			out := &wire.DeleteGuardrailResponse{}
			if in.GuardrailVersion == nil {
				return out, s.guardrails.Delete(ctx, scopeOf(call), text(in.GuardrailIdentifier))
			}
			version, err := parseVersion(*in.GuardrailVersion)
			if err != nil {
				return nil, err
			}
			return out, s.guardrails.DeleteVersion(ctx, scopeOf(call), text(in.GuardrailIdentifier), version)
		}),
	}
}
