package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func (s service) createGuardrail() operation.Operation {
	return operation.Operation{
		Schema: wire.CreateGuardrail, Audit: operation.Management, Effect: operation.Write, BodyLimit: guardrailBody,
		Requires: requires(func(call *operation.Call, in *wire.CreateGuardrailRequest) []operation.Requirement {
			needed := on("CreateGuardrail", anyGuardrail(call))
			if len(in.Tags) > 0 {
				needed = append(needed, on("TagResource", anyGuardrail(call))...)
				for i := range needed {
					needed[i].Context = tagging(in.Tags)
				}
			}
			return append(needed, s.newKey(call, in.KmsKeyId)...)
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.CreateGuardrailRequest) (*wire.CreateGuardrailResponse, error) {
			proposal, err := proposalOf(in)
			if err != nil {
				return nil, err
			}
			made, err := s.guardrails.Create(ctx, scopeOf(call), guardrail.CreateInput{
				Proposal: proposal, Tags: tagsOf(in.Tags), Token: text(in.ClientRequestToken),
			})
			if err != nil {
				return nil, err
			}
			return &wire.CreateGuardrailResponse{
				GuardrailId: &made.ID, GuardrailArn: new(made.ARN()), Version: new(made.Version.String()), CreatedAt: &made.At,
			}, nil
		}),
	}
}
