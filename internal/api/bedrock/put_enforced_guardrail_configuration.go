package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// everything is the resource of actions that AWS defines without resource types.
const everything = "*"

func (s service) putEnforcedGuardrailConfiguration() operation.Operation {
	return operation.Operation{
		Schema: wire.PutEnforcedGuardrailConfiguration, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.PutEnforcedGuardrailConfigurationRequest) []operation.Requirement {
			return on("PutEnforcedGuardrailConfiguration", everything)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.PutEnforcedGuardrailConfigurationRequest) (*wire.PutEnforcedGuardrailConfigurationResponse, error) {
			input, err := enforceInput(call, in)
			if err != nil {
				return nil, err
			}
			put, err := s.guardrails.PutEnforced(ctx, scopeOf(call), input)
			if err != nil {
				return nil, err
			}
			return &wire.PutEnforcedGuardrailConfigurationResponse{ConfigId: &put.ID, UpdatedAt: &put.UpdatedAt, UpdatedBy: &put.UpdatedBy}, nil
		}),
	}
}

func enforceInput(call *operation.Call, in *wire.PutEnforcedGuardrailConfigurationRequest) (guardrail.EnforceInput, error) {
	config := in.GuardrailInferenceConfig
	version, err := parseVersion(text(config.GuardrailVersion))
	if err != nil {
		return guardrail.EnforceInput{}, err
	}
	out := guardrail.EnforceInput{
		ConfigID: text(in.ConfigId), Identifier: text(config.GuardrailIdentifier), Version: version, Principal: call.Principal,
	}
	if selective := config.SelectiveContentGuarding; selective != nil {
		out.System, out.Messages = domain[guardrail.Guarding](selective.System), domain[guardrail.Guarding](selective.Messages)
	}
	if models := config.ModelEnforcement; models != nil {
		out.Models = &guardrail.ModelSelection{Included: models.IncludedModels, Excluded: models.ExcludedModels}
	}
	return out, nil
}
