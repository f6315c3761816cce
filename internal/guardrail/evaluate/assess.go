package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/guardrail"
)

// needed is the confidence from which a strength acts (spec/guardrails.md 4.3).
func needed(s guardrail.Strength) detect.Confidence {
	switch s {
	case guardrail.StrengthLow:
		return detect.High
	case guardrail.StrengthMedium:
		return detect.Medium
	default:
		return detect.Low
	}
}

// assess gives what each policy says about the findings, detected or not, and the masks that follow.
func assess(p plan, parts parts, found []detect.Finding) (Assessment, []Mask) {
	var a Assessment
	a.Topics = assessTopics(p.topics, found)
	a.Content = assessContent(p.content, found)
	a.Words, a.Managed = assessWords(p, parts, found)
	a.Grounding = assessGrounding(p.grounding, found)
	var masks []Mask
	a.Entities, a.Regexes, masks = assessSensitive(p.sensitive, parts, found)
	return a, masks
}

func assessTopics(topics []plannedTopic, found []detect.Finding) []TopicAssessment {
	var out []TopicAssessment
	for _, t := range topics {
		a := TopicAssessment{Name: t.Name, Effect: NoEffect}
		for _, f := range found {
			if f.Family == detect.Topic && f.Type == t.Name && f.Confidence > detect.None {
				a.Detected, a.Effect = true, effectOf(t.action)
			}
		}
		out = append(out, a)
	}
	return out
}

// assessContent takes the highest confidence that any block reached in each category.
func assessContent(filters []plannedContent, found []detect.Finding) []ContentAssessment {
	var out []ContentAssessment
	for _, c := range filters {
		a := ContentAssessment{Category: c.category, Strength: c.strength, Effect: NoEffect}
		for _, f := range found {
			if f.Family == familyOf(c.category) && f.Type == string(c.category) {
				a.Confidence = max(a.Confidence, f.Confidence)
			}
		}
		if a.Confidence >= needed(c.strength) {
			a.Detected, a.Effect = true, effectOf(c.action)
		}
		out = append(out, a)
	}
	return out
}

func assessWords(p plan, parts parts, found []detect.Finding) (custom, managed []WordAssessment) {
	if len(p.words)+len(p.managed) == 0 {
		return nil, nil
	}
	actions := make(map[string]guardrail.Action, len(p.words))
	for _, w := range p.words {
		actions[w.name] = w.action
	}
	for _, f := range found {
		if f.Family != detect.Word {
			continue
		}
		match := func() string { return parts.input.Blocks[f.Block].Original()[f.Span.Start:f.Span.End] }
		if f.List != "" {
			for _, m := range p.managed {
				managed = append(managed, WordAssessment{Match: match(), List: m.name, Effect: effectOf(m.action)})
			}
		} else if action, ok := actions[f.Type]; ok {
			custom = append(custom, WordAssessment{Match: match(), Effect: effectOf(action)})
		}
	}
	return custom, managed
}

// assessGrounding acts on scores below the threshold; a score that equals it passes.
func assessGrounding(filters []guardrail.GroundingFilter, found []detect.Finding) []GroundingAssessment {
	var out []GroundingAssessment
	for _, g := range filters {
		// Without a score nothing was shown to be grounded: 0 is the safe reading.
		a := GroundingAssessment{Type: g.Type, Threshold: g.Threshold, Effect: NoEffect}
		for _, f := range found {
			if f.Family == detect.Grounding && f.Type == string(g.Type) {
				a.Score = f.Score
			}
		}
		if a.Score < g.Threshold {
			a.Detected, a.Effect = true, effectOf(g.Action)
		}
		out = append(out, a)
	}
	return out
}

// blocks reports whether anything in the assessment blocks the call.
func (a Assessment) blocks() bool {
	for _, t := range a.Topics {
		if t.Effect == Blocked {
			return true
		}
	}
	for _, c := range a.Content {
		if c.Effect == Blocked {
			return true
		}
	}
	for _, words := range [][]WordAssessment{a.Words, a.Managed} {
		for _, w := range words {
			if w.Effect == Blocked {
				return true
			}
		}
	}
	for _, e := range a.Entities {
		if e.Effect == Blocked {
			return true
		}
	}
	for _, r := range a.Regexes {
		if r.Effect == Blocked {
			return true
		}
	}
	for _, g := range a.Grounding {
		if g.Effect == Blocked {
			return true
		}
	}
	return false
}

// Detected gives the assessment without the entries that detected nothing, as the output scope INTERVENTIONS reports it.
func (a Assessment) Detected() Assessment {
	a.Topics = keep(a.Topics, func(t TopicAssessment) bool { return t.Detected })
	a.Content = keep(a.Content, func(c ContentAssessment) bool { return c.Detected })
	a.Entities = keep(a.Entities, func(e EntityAssessment) bool { return e.Detected })
	a.Grounding = keep(a.Grounding, func(g GroundingAssessment) bool { return g.Detected })
	return a
}

func keep[T any](all []T, wanted func(T) bool) []T {
	var out []T
	for _, x := range all {
		if wanted(x) {
			out = append(out, x)
		}
	}
	return out
}
