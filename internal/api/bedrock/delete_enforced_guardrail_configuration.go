package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) deleteEnforcedGuardrailConfiguration() operation.Operation {
	return operation.Operation{
		Schema: wire.DeleteEnforcedGuardrailConfiguration, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.DeleteEnforcedGuardrailConfigurationRequest) []operation.Requirement {
			return on("DeleteEnforcedGuardrailConfiguration", everything)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.DeleteEnforcedGuardrailConfigurationRequest) (*wire.DeleteEnforcedGuardrailConfigurationResponse, error) {
			return &wire.DeleteEnforcedGuardrailConfigurationResponse{}, s.guardrails.DeleteEnforced(ctx, scopeOf(call), text(in.ConfigId))
		}),
	}
}
