package evaluate

import (
	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/guardrail"
)

// plan is what a guardrail does in one direction: the filters that are on there, each with its effective action. The detectors to
// run follow from it.
type plan struct {
	topics    []plannedTopic
	content   []plannedContent
	images    bool // some content filter reads images
	words     []plannedWord
	managed   []plannedWord
	sensitive []plannedSensitive // entities first, then regexes, in configured order
	grounding []guardrail.GroundingFilter
}

type plannedTopic struct {
	guardrail.Topic
	action guardrail.Action
}

type plannedContent struct {
	category guardrail.Category
	strength guardrail.Strength
	action   guardrail.Action
	text     bool
}

type plannedWord struct {
	name   string // the phrase, or the managed list's type
	action guardrail.Action
}

type plannedSensitive struct {
	name    string // PII type or regex name, which is also the mask's label
	pattern string // of a regex; empty for an entity
	action  guardrail.Action
}

func (s plannedSensitive) regex() bool { return s.pattern != "" }

// family is the detector that finds it.
func (s plannedSensitive) family() detect.Family {
	if s.regex() {
		return detect.Pattern
	}
	return detect.PII
}

// familyOf is the detector that classifies by the category.
func familyOf(c guardrail.Category) detect.Family {
	if c == guardrail.PromptAttack {
		return detect.Attack
	}
	return detect.Content
}

// planFor decides which filters of c are on in direction d, by the table of spec/guardrails.md 4.2.
func planFor(c guardrail.Config, d guardrail.Direction) plan {
	var p plan
	for _, t := range c.Topics.Topics {
		if action, on := resolve(t.Gates.In(d), guardrail.Block); on {
			p.topics = append(p.topics, plannedTopic{t, action})
		}
	}
	for _, f := range c.Content.Filters {
		action, on := resolve(f.Gates.In(d), guardrail.Block)
		strength := f.Strength(d)
		// Prompt attacks come in with the prompt; validation keeps their output strength at NONE.
		if !on || strength == guardrail.StrengthNone || strength == "" || f.Category == guardrail.PromptAttack && d == guardrail.Output {
			continue
		}
		p.content = append(p.content, plannedContent{f.Category, strength, action, f.Reads(guardrail.Text, d)})
		p.images = p.images || f.Reads(guardrail.Image, d)
	}
	for _, w := range c.Words.Words {
		if action, on := resolve(w.Gates.In(d), guardrail.Block); on {
			p.words = append(p.words, plannedWord{w.Text, action})
		}
	}
	for _, m := range c.Words.Managed {
		if action, on := resolve(m.Gates.In(d), guardrail.Block); on {
			p.managed = append(p.managed, plannedWord{m.Type, action})
		}
	}
	for _, e := range c.Sensitive.Entities {
		if action, on := resolveSensitive(e.Gates.In(d), e.Action, d); on {
			p.sensitive = append(p.sensitive, plannedSensitive{name: e.Type, action: action})
		}
	}
	for _, r := range c.Sensitive.Regexes {
		if action, on := resolveSensitive(r.Gates.In(d), r.Action, d); on {
			p.sensitive = append(p.sensitive, plannedSensitive{name: r.Name, pattern: r.Pattern, action: action})
		}
	}
	if d == guardrail.Output {
		for _, f := range c.Grounding.Filters {
			if f.Enabled == guardrail.Off {
				continue
			}
			if f.Action == "" {
				f.Action = guardrail.Block
			}
			p.grounding = append(p.grounding, f)
		}
	}
	return p
}

// resolve gives the gate's effective action, and whether the filter runs at all.
func resolve(g guardrail.Gate, fallback guardrail.Action) (guardrail.Action, bool) {
	if g.Action == "" {
		return fallback, g.Enabled != guardrail.Off
	}
	return g.Action, g.Enabled != guardrail.Off
}

// resolveSensitive is resolve for entities and regexes. One that only says ANONYMIZE masks answers and leaves prompts alone: that is
// what the service was seen to do, against the reading that one would expect. Anything said about input turns it on there.
func resolveSensitive(g guardrail.Gate, base guardrail.Action, d guardrail.Direction) (guardrail.Action, bool) {
	if d == guardrail.Input && base == guardrail.Anonymize && g == (guardrail.Gate{}) {
		return "", false
	}
	return resolve(g, base)
}

// families lists the detectors that the plan needs for text, each once, in a fixed order.
func (p plan) families() []detect.Family {
	needed := map[detect.Family]bool{
		detect.Word:      len(p.words)+len(p.managed) > 0,
		detect.Topic:     len(p.topics) > 0,
		detect.Grounding: len(p.grounding) > 0,
	}
	for _, f := range p.content {
		needed[familyOf(f.category)] = needed[familyOf(f.category)] || f.text
	}
	for _, s := range p.sensitive {
		needed[s.family()] = true
	}
	var need []detect.Family
	for _, f := range []detect.Family{detect.Word, detect.Pattern, detect.PII, detect.Content, detect.Attack, detect.Topic, detect.Grounding} {
		if needed[f] {
			need = append(need, f)
		}
	}
	return need
}
