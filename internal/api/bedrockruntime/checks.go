package bedrockruntime

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/detect/attack"
	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// maxCheckBlocks is how many content blocks a message may have; the service's model does not say it.
const maxCheckBlocks = 10

// checkMessages refuses a call that asks for nothing or has messages that are too long, which the constraints do not say.
func checkMessages(in *wire.InvokeGuardrailChecksRequest) error {
	if c := in.Checks; c.ContentFilter == nil && c.PromptAttack == nil && c.SensitiveInformation == nil {
		return fault.New(fault.Invalid, "1 validation error detected: Value at 'checks' failed to satisfy constraint: Member must hold at least one of contentFilter, promptAttack and sensitiveInformation")
	}
	for i, m := range in.Messages {
		if n := len(m.Content); n > maxCheckBlocks {
			return fault.New(fault.Invalid, "1 validation error detected: Value at 'messages.%d.member.content' failed to satisfy constraint: Member must have length less than or equal to %d", i+1, maxCheckBlocks)
		}
	}
	return nil
}

// requiresChecks asks for the action alone: a check has no resource.
func requiresChecks(*operation.Call, codec.Shape) []operation.Requirement {
	return []operation.Requirement{{Action: "bedrock:InvokeGuardrailChecks", Resource: "*"}}
}

// invokeGuardrailChecks looks at messages without a guardrail. Results and usage have a member for each check that was asked for.
func (s *service) invokeGuardrailChecks(ctx context.Context, call *operation.Call, in *wire.InvokeGuardrailChecksRequest) (*wire.InvokeGuardrailChecksResponse, error) {
	if err := checkMessages(in); err != nil {
		return nil, err
	}
	checks, err := checksAsked(in.Checks)
	if err != nil {
		return nil, err
	}
	messages := make([]evaluate.Message, len(in.Messages))
	for i, m := range in.Messages {
		messages[i].Trusted = *m.Role == wire.GuardrailChecksRoleSystem
		for _, b := range m.Content {
			messages[i].Texts = append(messages[i].Texts, *b.Text)
		}
	}
	found, err := s.Checker.Check(ctx, checks, messages)
	if err != nil {
		return nil, err
	}
	return checksResponse(in.Checks, found), nil
}

// checksAsked reads what is looked for; a category named twice is refused.
func checksAsked(c *wire.GuardrailChecksConfig) (asked evaluate.Checks, err error) {
	if c.ContentFilter != nil {
		for _, x := range c.ContentFilter.Categories {
			asked.Content = append(asked.Content, guardrail.Category(*x.Category))
		}
	}
	if c.PromptAttack != nil {
		for _, x := range c.PromptAttack.Categories {
			asked.Attacks = append(asked.Attacks, attack.Type(*x.Category))
		}
	}
	if c.SensitiveInformation != nil {
		for _, x := range c.SensitiveInformation.Entities {
			asked.Entities = append(asked.Entities, pii.Type(*x.Type))
		}
	}
	for _, err := range []error{
		once("contentFilter.categories", asked.Content), once("promptAttack.categories", asked.Attacks), once("sensitiveInformation.entities", asked.Entities),
	} {
		if err != nil {
			return asked, err
		}
	}
	return asked, nil
}

func once[T ~string](member string, named []T) error {
	seen := map[T]bool{}
	for _, n := range named {
		if seen[n] {
			return fault.New(fault.Invalid, "1 validation error detected: Value at 'checks.%s' failed to satisfy constraint: Member must not name %s twice", member, n)
		}
		seen[n] = true
	}
	return nil
}

func checksResponse(asked *wire.GuardrailChecksConfig, found evaluate.CheckResult) *wire.InvokeGuardrailChecksResponse {
	results, usage := &wire.GuardrailChecksResults{}, &wire.GuardrailChecksUsageResults{}
	units := func() *int32 { return new(int32((found.Characters + 999) / 1000)) }
	if asked.ContentFilter != nil {
		results.ContentFilter = &wire.GuardrailChecksContentFilterResult{Results: []wire.GuardrailChecksContentFilterResultEntry{}}
		for _, x := range found.Content {
			results.ContentFilter.Results = append(results.ContentFilter.Results, wire.GuardrailChecksContentFilterResultEntry{
				Category: new(wire.GuardrailChecksContentFilterCategory(x.Category)), SeverityScore: new(x.Score),
			})
		}
		usage.ContentFilter = &wire.GuardrailChecksContentFilterUsage{TextUnits: units()}
	}
	if asked.PromptAttack != nil {
		results.PromptAttack = &wire.GuardrailChecksPromptAttackResult{Results: []wire.GuardrailChecksPromptAttackResultEntry{}}
		for _, x := range found.Attacks {
			results.PromptAttack.Results = append(results.PromptAttack.Results, wire.GuardrailChecksPromptAttackResultEntry{
				Category: new(wire.GuardrailChecksPromptAttackCategory(x.Category)), SeverityScore: new(x.Score),
			})
		}
		usage.PromptAttack = &wire.GuardrailChecksPromptAttackUsage{TextUnits: units()}
	}
	if asked.SensitiveInformation != nil {
		entities := &wire.GuardrailChecksSensitiveInformationResult{Results: []wire.GuardrailChecksSensitiveInformationResultEntry{}, Truncated: new(found.Truncated)}
		for _, x := range found.Entities {
			entities.Results = append(entities.Results, wire.GuardrailChecksSensitiveInformationResultEntry{
				Type: new(wire.GuardrailChecksSensitiveInformationEntityType(x.Type)), ConfidenceScore: new(x.Score),
				BeginOffset: new(int32(x.Begin)), EndOffset: new(int32(x.End)), MessageIndex: new(int32(x.Message)), ContentIndex: new(int32(x.Text)),
			})
		}
		results.SensitiveInformation = entities
		usage.SensitiveInformation = &wire.GuardrailChecksSensitiveInformationUsage{TextUnits: units()}
	}
	return &wire.InvokeGuardrailChecksResponse{Results: results, Usage: usage}
}
