package bedrockruntime

import (
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// response tells an outcome in the wire's words. Below the scope FULL only what was detected is told.
func (s *service) response(g guardrail.Guardrail, o evaluate.Outcome, full bool) *wire.ApplyGuardrailResponse {
	a := o.Assessment
	if !full {
		a = a.Detected()
	}
	out := &wire.ApplyGuardrailResponse{
		Usage:             usage(a.Usage),
		Action:            new(wire.GuardrailActionGuardrailIntervened),
		Outputs:           []wire.GuardrailOutputContent{},
		Assessments:       []wire.GuardrailAssessment{assessment(g, a)},
		GuardrailCoverage: coverage(a.Coverage),
	}
	switch o.Decision {
	case evaluate.DecisionPassed:
		out.Action, out.ActionReason = new(wire.GuardrailActionNone), new("No action.")
	case evaluate.DecisionMasked:
		out.ActionReason = new("Guardrail masked.")
	default:
		out.ActionReason = new("Guardrail blocked.")
	}
	for _, text := range o.Outputs {
		out.Outputs = append(out.Outputs, wire.GuardrailOutputContent{Text: &text})
	}
	if s.LegacyResponse {
		out.Output = out.Outputs
	}
	return out
}

// assessment tells what one guardrail saw. Policies without entries are left out.
func assessment(g guardrail.Guardrail, a evaluate.Assessment) wire.GuardrailAssessment {
	out := wire.GuardrailAssessment{
		InvocationMetrics: &wire.GuardrailInvocationMetrics{
			GuardrailProcessingLatency: new(a.Latency.Milliseconds()),
			Usage:                      usage(a.Usage),
			GuardrailCoverage:          coverage(a.Coverage),
		},
		AppliedGuardrailDetails: &wire.AppliedGuardrailDetails{
			GuardrailId: &g.ID, GuardrailVersion: new(g.Version.String()), GuardrailArn: new(g.ARN()),
			GuardrailOrigin:    []wire.GuardrailOrigin{wire.GuardrailOriginRequest},
			GuardrailOwnership: new(wire.GuardrailOwnershipSelf),
		},
	}
	if len(a.Topics) > 0 {
		out.TopicPolicy = topics(a.Topics)
	}
	if len(a.Content) > 0 {
		out.ContentPolicy = content(a.Content)
	}
	if len(a.Words)+len(a.Managed) > 0 {
		out.WordPolicy = words(a.Words, a.Managed)
	}
	if len(a.Entities)+len(a.Regexes) > 0 {
		out.SensitiveInformationPolicy = sensitive(a.Entities, a.Regexes)
	}
	if len(a.Grounding) > 0 {
		out.ContextualGroundingPolicy = grounding(a.Grounding)
	}
	return out
}

func topics(all []evaluate.TopicAssessment) *wire.GuardrailTopicPolicyAssessment {
	out := &wire.GuardrailTopicPolicyAssessment{}
	for _, t := range all {
		out.Topics = append(out.Topics, wire.GuardrailTopic{
			Name: new(t.Name), Type: new(wire.GuardrailTopicTypeDeny),
			Action: new(wire.GuardrailTopicPolicyAction(t.Effect)), Detected: new(t.Detected),
		})
	}
	return out
}

func content(all []evaluate.ContentAssessment) *wire.GuardrailContentPolicyAssessment {
	out := &wire.GuardrailContentPolicyAssessment{}
	for _, c := range all {
		out.Filters = append(out.Filters, wire.GuardrailContentFilter{
			Type:           new(wire.GuardrailContentFilterType(c.Category)),
			Confidence:     new(wire.GuardrailContentFilterConfidence(c.Confidence.String())),
			FilterStrength: new(wire.GuardrailContentFilterStrength(c.Strength)),
			Action:         new(wire.GuardrailContentPolicyAction(c.Effect)),
			Detected:       new(c.Detected),
		})
	}
	return out
}

// words always answers both lists: the wire requires them.
func words(custom, managed []evaluate.WordAssessment) *wire.GuardrailWordPolicyAssessment {
	out := &wire.GuardrailWordPolicyAssessment{CustomWords: []wire.GuardrailCustomWord{}, ManagedWordLists: []wire.GuardrailManagedWord{}}
	for _, w := range custom {
		out.CustomWords = append(out.CustomWords, wire.GuardrailCustomWord{
			Match: new(w.Match), Action: new(wire.GuardrailWordPolicyAction(w.Effect)), Detected: new(true),
		})
	}
	for _, w := range managed {
		out.ManagedWordLists = append(out.ManagedWordLists, wire.GuardrailManagedWord{
			Match: new(w.Match), Type: new(wire.GuardrailManagedWordType(w.List)),
			Action: new(wire.GuardrailWordPolicyAction(w.Effect)), Detected: new(true),
		})
	}
	return out
}

// sensitive always answers both lists: the wire requires them.
func sensitive(entities []evaluate.EntityAssessment, regexes []evaluate.RegexAssessment) *wire.GuardrailSensitiveInformationPolicyAssessment {
	out := &wire.GuardrailSensitiveInformationPolicyAssessment{PiiEntities: []wire.GuardrailPiiEntityFilter{}, Regexes: []wire.GuardrailRegexFilter{}}
	for _, e := range entities {
		out.PiiEntities = append(out.PiiEntities, wire.GuardrailPiiEntityFilter{
			Match: new(e.Match), Type: new(wire.GuardrailPiiEntityType(e.Type)),
			Action: new(wire.GuardrailSensitiveInformationPolicyAction(e.Effect)), Detected: new(e.Detected),
		})
	}
	for _, r := range regexes {
		out.Regexes = append(out.Regexes, wire.GuardrailRegexFilter{
			Name: new(r.Name), Match: new(r.Match), Regex: new(r.Pattern),
			Action: new(wire.GuardrailSensitiveInformationPolicyAction(r.Effect)), Detected: new(true),
		})
	}
	return out
}

func grounding(all []evaluate.GroundingAssessment) *wire.GuardrailContextualGroundingPolicyAssessment {
	out := &wire.GuardrailContextualGroundingPolicyAssessment{}
	for _, g := range all {
		out.Filters = append(out.Filters, wire.GuardrailContextualGroundingFilter{
			Type: new(wire.GuardrailContextualGroundingFilterType(g.Type)), Threshold: new(g.Threshold), Score: new(g.Score),
			Action: new(wire.GuardrailContextualGroundingPolicyAction(g.Effect)), Detected: new(g.Detected),
		})
	}
	return out
}

// usage answers all nine counters. Automated reasoning is not served: its two are 0.
func usage(u evaluate.Usage) *wire.GuardrailUsage {
	return &wire.GuardrailUsage{
		TopicPolicyUnits:                    count(u.Topic),
		ContentPolicyUnits:                  count(u.Content),
		WordPolicyUnits:                     count(u.Word),
		SensitiveInformationPolicyUnits:     count(u.Sensitive),
		SensitiveInformationPolicyFreeUnits: count(u.SensitiveFree),
		ContextualGroundingPolicyUnits:      count(u.Grounding),
		ContentPolicyImageUnits:             count(u.ContentImages),
		AutomatedReasoningPolicyUnits:       count(0),
		AutomatedReasoningPolicies:          count(0),
	}
}

func coverage(c evaluate.Coverage) *wire.GuardrailCoverage {
	out := &wire.GuardrailCoverage{TextCharacters: &wire.GuardrailTextCharactersCoverage{Guarded: count(c.GuardedCharacters), Total: count(c.TotalCharacters)}}
	if c.TotalImages > 0 {
		out.Images = &wire.GuardrailImageCoverage{Guarded: count(c.GuardedImages), Total: count(c.TotalImages)}
	}
	return out
}

// count is safe to narrow: a request body holds fewer characters than an int32 does.
func count(n int) *int32 { return new(int32(n)) }
