package bedrock

import (
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// proposalOf reads the configuration out of a request that has passed the wire's checks. UpdateGuardrail has the same members.
func proposalOf(in *wire.CreateGuardrailRequest) (guardrail.Proposal, error) {
	if in.AutomatedReasoningPolicyConfig != nil {
		return guardrail.Proposal{}, fault.New(fault.Invalid, "Automated reasoning policies are not supported: leave out automatedReasoningPolicyConfig.")
	}
	out := guardrail.Proposal{KMSKey: text(in.KmsKeyId), Config: guardrail.Config{
		Name: text(in.Name), Description: text(in.Description),
		BlockedInput: text(in.BlockedInputMessaging), BlockedOutput: text(in.BlockedOutputsMessaging),
	}}
	if region := in.CrossRegionConfig; region != nil {
		out.Profile = text(region.GuardrailProfileIdentifier)
	}
	if topics := in.TopicPolicyConfig; topics != nil {
		out.Topics = topicsOf(topics)
	}
	if content := in.ContentPolicyConfig; content != nil {
		out.Content = contentOf(content)
	}
	if words := in.WordPolicyConfig; words != nil {
		out.Words = wordsOf(words)
	}
	if sensitive := in.SensitiveInformationPolicyConfig; sensitive != nil {
		out.Sensitive = sensitiveOf(sensitive)
	}
	if grounding := in.ContextualGroundingPolicyConfig; grounding != nil {
		out.Grounding = groundingOf(grounding)
	}
	return out, nil
}

func topicsOf(in *wire.GuardrailTopicPolicyConfig) (out guardrail.TopicPolicy) {
	if in.TierConfig != nil {
		out.Tier = domain[guardrail.Tier](in.TierConfig.TierName)
	}
	for _, topic := range in.TopicsConfig {
		out.Topics = append(out.Topics, guardrail.Topic{
			Name: text(topic.Name), Definition: text(topic.Definition), Examples: topic.Examples,
			Gates: gates(topic.InputAction, topic.OutputAction, topic.InputEnabled, topic.OutputEnabled),
		})
	}
	return out
}

func contentOf(in *wire.GuardrailContentPolicyConfig) (out guardrail.ContentPolicy) {
	if in.TierConfig != nil {
		out.Tier = domain[guardrail.Tier](in.TierConfig.TierName)
	}
	for _, filter := range in.FiltersConfig {
		out.Filters = append(out.Filters, guardrail.ContentFilter{
			Category:       domain[guardrail.Category](filter.Type),
			InputStrength:  domain[guardrail.Strength](filter.InputStrength),
			OutputStrength: domain[guardrail.Strength](filter.OutputStrength),
			InputModalities: each(filter.InputModalities, func(m wire.GuardrailModality) guardrail.Modality {
				return guardrail.Modality(m)
			}),
			OutputModalities: each(filter.OutputModalities, func(m wire.GuardrailModality) guardrail.Modality {
				return guardrail.Modality(m)
			}),
			Gates: gates(filter.InputAction, filter.OutputAction, filter.InputEnabled, filter.OutputEnabled),
		})
	}
	return out
}

func wordsOf(in *wire.GuardrailWordPolicyConfig) (out guardrail.WordPolicy) {
	for _, word := range in.WordsConfig {
		out.Words = append(out.Words, guardrail.Word{
			Text: text(word.Text), Gates: gates(word.InputAction, word.OutputAction, word.InputEnabled, word.OutputEnabled),
		})
	}
	for _, list := range in.ManagedWordListsConfig {
		out.Managed = append(out.Managed, guardrail.ManagedList{
			Type: domain[string](list.Type), Gates: gates(list.InputAction, list.OutputAction, list.InputEnabled, list.OutputEnabled),
		})
	}
	return out
}

func sensitiveOf(in *wire.GuardrailSensitiveInformationPolicyConfig) (out guardrail.SensitivePolicy) {
	for _, entity := range in.PiiEntitiesConfig {
		out.Entities = append(out.Entities, guardrail.PIIEntity{
			Type: domain[string](entity.Type), Action: domain[guardrail.Action](entity.Action),
			Gates: gates(entity.InputAction, entity.OutputAction, entity.InputEnabled, entity.OutputEnabled),
		})
	}
	for _, regex := range in.RegexesConfig {
		out.Regexes = append(out.Regexes, guardrail.Regex{
			Name: text(regex.Name), Description: text(regex.Description), Pattern: text(regex.Pattern), Action: domain[guardrail.Action](regex.Action),
			Gates: gates(regex.InputAction, regex.OutputAction, regex.InputEnabled, regex.OutputEnabled),
		})
	}
	return out
}

func groundingOf(in *wire.GuardrailContextualGroundingPolicyConfig) (out guardrail.GroundingPolicy) {
	if in.TierConfig != nil {
		out.Tier = domain[guardrail.Tier](in.TierConfig.TierName)
	}
	for _, filter := range in.FiltersConfig {
		out.Filters = append(out.Filters, guardrail.GroundingFilter{
			Type: domain[guardrail.GroundingType](filter.Type), Threshold: *filter.Threshold,
			Action: domain[guardrail.Action](filter.Action), Enabled: switchOf(filter.Enabled),
		})
	}
	return out
}
