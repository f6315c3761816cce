package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// defaultPage is the size of a page where the caller names none. AWS publishes no number; this one shows all guardrails of an
// account that keeps to the default quota.
const defaultPage = 100

func (s service) listGuardrails() operation.Operation {
	return operation.Operation{
		Schema: wire.ListGuardrails, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, _ *wire.ListGuardrailsRequest) []operation.Requirement {
			return on("ListGuardrails", anyGuardrail(call))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.ListGuardrailsRequest) (*wire.ListGuardrailsResponse, error) {
			list := pagination.List{
				Account: call.Account, Region: call.Region, Operation: "ListGuardrails", Query: []string{text(in.GuardrailIdentifier)},
			}
			after, err := s.pages.Open(list, text(in.NextToken))
			if err != nil {
				return nil, err
			}
			limit := defaultPage
			if in.MaxResults != nil {
				limit = int(*in.MaxResults)
			}
			page, err := s.guardrails.List(ctx, scopeOf(call), guardrail.ListInput{
				Identifier: text(in.GuardrailIdentifier), Limit: limit, After: after,
			})
			if err != nil {
				return nil, err
			}
			out := &wire.ListGuardrailsResponse{Guardrails: make([]wire.GuardrailSummary, len(page.Entries))}
			for i, entry := range page.Entries {
				out.Guardrails[i] = summary(entry)
			}
			if page.Next != 0 {
				out.NextToken = new(s.pages.Seal(list, page.Next))
			}
			return out, nil
		}),
	}
}

func summary(e guardrail.Summary) wire.GuardrailSummary {
	return wire.GuardrailSummary{
		Id: &e.ID, Arn: new(e.ARN()), Status: new(wire.GuardrailStatusReady), Name: &e.Name, Description: optional(e.Description),
		Version: new(e.Version.String()), CreatedAt: &e.CreatedAt, UpdatedAt: &e.UpdatedAt, CrossRegionDetails: crossRegion(e.Scope, e.ProfileID),
	}
}
