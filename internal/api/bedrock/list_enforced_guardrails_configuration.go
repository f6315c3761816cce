package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) listEnforcedGuardrailsConfiguration() operation.Operation {
	return operation.Operation{
		Schema: wire.ListEnforcedGuardrailsConfiguration, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.ListEnforcedGuardrailsConfigurationRequest) []operation.Requirement {
			return on("ListEnforcedGuardrailsConfiguration", everything)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.ListEnforcedGuardrailsConfigurationRequest) (*wire.ListEnforcedGuardrailsConfigurationResponse, error) {
			// The list never has a second page, so that no token was ever given out: this refuses all of them.
			list := pagination.List{Account: call.Account, Region: call.Region, Operation: "ListEnforcedGuardrailsConfiguration"}
			if _, err := s.pages.Open(list, text(in.NextToken)); err != nil {
				return nil, err
			}
			out := &wire.ListEnforcedGuardrailsConfigurationResponse{GuardrailsConfig: []wire.AccountEnforcedGuardrailOutputConfiguration{}}
			enforced, present, err := s.guardrails.Enforced(ctx, scopeOf(call))
			if err != nil {
				return nil, err
			}
			if present {
				out.GuardrailsConfig = append(out.GuardrailsConfig, enforcedConfiguration(enforced))
			}
			return out, nil
		}),
	}
}

func enforcedConfiguration(e guardrail.Enforced) wire.AccountEnforcedGuardrailOutputConfiguration {
	out := wire.AccountEnforcedGuardrailOutputConfiguration{
		ConfigId: &e.ID, GuardrailArn: new(e.ARN(e.GuardrailID)), GuardrailId: &e.GuardrailID, GuardrailVersion: new(e.Version.String()),
		CreatedAt: &e.CreatedAt, CreatedBy: &e.CreatedBy, UpdatedAt: &e.UpdatedAt, UpdatedBy: &e.UpdatedBy,
		Owner: new(wire.ConfigurationOwnerAccount),
	}
	if e.System != "" || e.Messages != "" {
		out.SelectiveContentGuarding = &wire.SelectiveContentGuarding{
			System: optional(wire.SelectiveGuardingMode(e.System)), Messages: optional(wire.SelectiveGuardingMode(e.Messages)),
		}
	}
	if e.Models != nil {
		out.ModelEnforcement = &wire.ModelEnforcement{
			// Both lists are required members: an empty one must not be absent.
			IncludedModels: append([]string{}, e.Models.Included...), ExcludedModels: append([]string{}, e.Models.Excluded...),
		}
	}
	return out
}
