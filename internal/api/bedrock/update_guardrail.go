package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) updateGuardrail() operation.Operation {
	return operation.Operation{
		Schema: wire.UpdateGuardrail, Audit: operation.Management, Effect: operation.Write, BodyLimit: guardrailBody,
		Requires: requires(func(call *operation.Call, in *wire.UpdateGuardrailRequest) []operation.Requirement {
			needed := s.underKey(call, s.onGuardrail(call, "UpdateGuardrail", in.GuardrailIdentifier), guardrail.Draft, "Decrypt")
			return append(needed, s.newKey(call, in.KmsKeyId)...)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.UpdateGuardrailRequest) (*wire.UpdateGuardrailResponse, error) {
			proposal, err := proposalOf(&wire.CreateGuardrailRequest{
				Name: in.Name, Description: in.Description, TopicPolicyConfig: in.TopicPolicyConfig, ContentPolicyConfig: in.ContentPolicyConfig,
				WordPolicyConfig: in.WordPolicyConfig, SensitiveInformationPolicyConfig: in.SensitiveInformationPolicyConfig,
				ContextualGroundingPolicyConfig: in.ContextualGroundingPolicyConfig, AutomatedReasoningPolicyConfig: in.AutomatedReasoningPolicyConfig,
				CrossRegionConfig: in.CrossRegionConfig, BlockedInputMessaging: in.BlockedInputMessaging,
				BlockedOutputsMessaging: in.BlockedOutputsMessaging, KmsKeyId: in.KmsKeyId,
			})
			if err != nil {
				return nil, err
			}
			changed, err := s.guardrails.Update(ctx, scopeOf(call), guardrail.UpdateInput{Identifier: text(in.GuardrailIdentifier), Proposal: proposal})
			if err != nil {
				return nil, err
			}
			return &wire.UpdateGuardrailResponse{
				GuardrailId: &changed.ID, GuardrailArn: new(changed.ARN()), Version: new(changed.Version.String()), UpdatedAt: &changed.At,
			}, nil
		}),
	}
}
