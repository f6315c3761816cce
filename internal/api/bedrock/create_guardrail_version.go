package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) createGuardrailVersion() operation.Operation {
	return operation.Operation{
		Schema: wire.CreateGuardrailVersion, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.CreateGuardrailVersionRequest) []operation.Requirement {
			needed := s.onGuardrail(call, "CreateGuardrailVersion", in.GuardrailIdentifier)
			return s.underKey(call, needed, guardrail.Draft, "Decrypt", "GenerateDataKey")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.CreateGuardrailVersionRequest) (*wire.CreateGuardrailVersionResponse, error) {
			made, err := s.guardrails.CreateVersion(ctx, scopeOf(call), guardrail.CreateVersionInput{
				Identifier: text(in.GuardrailIdentifier), Description: text(in.Description), Token: text(in.ClientRequestToken),
			})
			if err != nil {
				return nil, err
			}
			return &wire.CreateGuardrailVersionResponse{GuardrailId: &made.ID, Version: new(made.Version.String())}, nil
		}),
	}
}
