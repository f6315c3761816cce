package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) getGuardrail() operation.Operation {
	return operation.Operation{
		Schema: wire.GetGuardrail, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.GetGuardrailRequest) []operation.Requirement {
			version, _ := guardrail.ParseVersion(text(in.GuardrailVersion)) // the handler refuses what is none
			return s.underKey(call, s.onGuardrail(call, "GetGuardrail", in.GuardrailIdentifier), version, "Decrypt")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.GetGuardrailRequest) (*wire.GetGuardrailResponse, error) {
			version := guardrail.Draft
			if in.GuardrailVersion != nil {
				var err error
				if version, err = parseVersion(*in.GuardrailVersion); err != nil {
					return nil, err
				}
			}
			owner, err := s.reach(ctx, call, text(in.GuardrailIdentifier))
			if err != nil {
				return nil, err
			}
			found, err := s.guardrails.Get(ctx, owner, text(in.GuardrailIdentifier), version)
			if err != nil {
				return nil, err
			}
			return getResponse(found), nil
		}),
	}
}

// getResponse shows a guardrail. There are no status reasons, since every change is done when it is answered.
func getResponse(g guardrail.Guardrail) *wire.GetGuardrailResponse {
	return &wire.GetGuardrailResponse{
		Name: &g.Name, Description: optional(g.Description), GuardrailId: &g.ID, GuardrailArn: new(g.ARN()),
		Version: new(g.Version.String()), Status: new(wire.GuardrailStatusReady),
		TopicPolicy: topicPolicy(g.Topics), ContentPolicy: contentPolicy(g.Content), WordPolicy: wordPolicy(g.Words),
		SensitiveInformationPolicy: sensitivePolicy(g.Sensitive), ContextualGroundingPolicy: groundingPolicy(g.Grounding),
		CrossRegionDetails: crossRegion(g.Scope, g.ProfileID), CreatedAt: &g.CreatedAt, UpdatedAt: &g.UpdatedAt,
		BlockedInputMessaging: &g.BlockedInput, BlockedOutputsMessaging: &g.BlockedOutput, KmsKeyArn: optional(g.KMSKeyARN),
	}
}
