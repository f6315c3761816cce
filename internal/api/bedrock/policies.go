package bedrock

import (
	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// A policy reads back as it was written: flags that were left out stay out. The one thing that is added is the tier.

func topicPolicy(in guardrail.TopicPolicy) *wire.GuardrailTopicPolicy {
	if len(in.Topics) == 0 {
		return nil
	}
	return &wire.GuardrailTopicPolicy{
		Tier: &wire.GuardrailTopicsTier{TierName: new(wire.GuardrailTopicsTierName(tier(in.Tier)))},
		Topics: each(in.Topics, func(t guardrail.Topic) wire.GuardrailTopic {
			return wire.GuardrailTopic{
				Name: &t.Name, Definition: &t.Definition, Examples: t.Examples, Type: new(wire.GuardrailTopicTypeDeny),
				InputAction: optional(wire.GuardrailTopicAction(t.Gates.Input.Action)), InputEnabled: flag(t.Gates.Input.Enabled),
				OutputAction: optional(wire.GuardrailTopicAction(t.Gates.Output.Action)), OutputEnabled: flag(t.Gates.Output.Enabled),
			}
		}),
	}
}

func contentPolicy(in guardrail.ContentPolicy) *wire.GuardrailContentPolicy {
	if len(in.Filters) == 0 {
		return nil
	}
	modality := func(m guardrail.Modality) wire.GuardrailModality { return wire.GuardrailModality(m) }
	return &wire.GuardrailContentPolicy{
		Tier: &wire.GuardrailContentFiltersTier{TierName: new(wire.GuardrailContentFiltersTierName(tier(in.Tier)))},
		Filters: each(in.Filters, func(f guardrail.ContentFilter) wire.GuardrailContentFilter {
			return wire.GuardrailContentFilter{
				Type: new(wire.GuardrailContentFilterType(f.Category)), InputStrength: new(wire.GuardrailFilterStrength(f.InputStrength)),
				OutputStrength:  new(wire.GuardrailFilterStrength(f.OutputStrength)),
				InputModalities: each(f.InputModalities, modality), OutputModalities: each(f.OutputModalities, modality),
				InputAction: optional(wire.GuardrailContentFilterAction(f.Gates.Input.Action)), InputEnabled: flag(f.Gates.Input.Enabled),
				OutputAction: optional(wire.GuardrailContentFilterAction(f.Gates.Output.Action)), OutputEnabled: flag(f.Gates.Output.Enabled),
			}
		}),
	}
}

func wordPolicy(in guardrail.WordPolicy) *wire.GuardrailWordPolicy {
	if len(in.Words) == 0 && len(in.Managed) == 0 {
		return nil
	}
	return &wire.GuardrailWordPolicy{
		Words: each(in.Words, func(w guardrail.Word) wire.GuardrailWord {
			return wire.GuardrailWord{
				Text:        &w.Text,
				InputAction: optional(wire.GuardrailWordAction(w.Gates.Input.Action)), InputEnabled: flag(w.Gates.Input.Enabled),
				OutputAction: optional(wire.GuardrailWordAction(w.Gates.Output.Action)), OutputEnabled: flag(w.Gates.Output.Enabled),
			}
		}),
		ManagedWordLists: each(in.Managed, func(l guardrail.ManagedList) wire.GuardrailManagedWords {
			return wire.GuardrailManagedWords{
				Type:        new(wire.GuardrailManagedWordsType(l.Type)),
				InputAction: optional(wire.GuardrailWordAction(l.Gates.Input.Action)), InputEnabled: flag(l.Gates.Input.Enabled),
				OutputAction: optional(wire.GuardrailWordAction(l.Gates.Output.Action)), OutputEnabled: flag(l.Gates.Output.Enabled),
			}
		}),
	}
}

func sensitivePolicy(in guardrail.SensitivePolicy) *wire.GuardrailSensitiveInformationPolicy {
	if len(in.Entities) == 0 && len(in.Regexes) == 0 {
		return nil
	}
	type action = wire.GuardrailSensitiveInformationAction
	return &wire.GuardrailSensitiveInformationPolicy{
		PiiEntities: each(in.Entities, func(e guardrail.PIIEntity) wire.GuardrailPiiEntity {
			return wire.GuardrailPiiEntity{
				Type: new(wire.GuardrailPiiEntityType(e.Type)), Action: new(action(e.Action)),
				InputAction: optional(action(e.Gates.Input.Action)), InputEnabled: flag(e.Gates.Input.Enabled),
				OutputAction: optional(action(e.Gates.Output.Action)), OutputEnabled: flag(e.Gates.Output.Enabled),
			}
		}),
		Regexes: each(in.Regexes, func(r guardrail.Regex) wire.GuardrailRegex {
			return wire.GuardrailRegex{
				Name: &r.Name, Description: optional(r.Description), Pattern: &r.Pattern, Action: new(action(r.Action)),
				InputAction: optional(action(r.Gates.Input.Action)), InputEnabled: flag(r.Gates.Input.Enabled),
				OutputAction: optional(action(r.Gates.Output.Action)), OutputEnabled: flag(r.Gates.Output.Enabled),
			}
		}),
	}
}

func groundingPolicy(in guardrail.GroundingPolicy) *wire.GuardrailContextualGroundingPolicy {
	if len(in.Filters) == 0 {
		return nil
	}
	return &wire.GuardrailContextualGroundingPolicy{
		Tier: &wire.GuardrailContextualGroundingTier{TierName: new(wire.GuardrailContextualGroundingTierName(tier(in.Tier)))},
		Filters: each(in.Filters, func(f guardrail.GroundingFilter) wire.GuardrailContextualGroundingFilter {
			return wire.GuardrailContextualGroundingFilter{
				Type: new(wire.GuardrailContextualGroundingFilterType(f.Type)), Threshold: &f.Threshold,
				Action: optional(wire.GuardrailContextualGroundingAction(f.Action)), Enabled: flag(f.Enabled),
			}
		}),
	}
}

func crossRegion(scope guardrail.Scope, profile string) *wire.GuardrailCrossRegionDetails {
	if profile == "" {
		return nil
	}
	return &wire.GuardrailCrossRegionDetails{GuardrailProfileId: &profile, GuardrailProfileArn: new(scope.ProfileARN(profile))}
}

// tier gives the tier as it reads back: the default is told.
func tier(t guardrail.Tier) guardrail.Tier {
	if t == "" {
		return guardrail.Classic
	}
	return t
}
