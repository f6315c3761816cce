// Package evaluate applies a guardrail to content: it compiles a version, runs the detectors, and decides.
package evaluate

import (
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/attack"
	"merlon.dev/merlon/internal/detect/pattern"
	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/detect/word"
	"merlon.dev/merlon/internal/guardrail"
)

// Wanted is what a guardrail asks of a family of detectors in one direction.
type Wanted struct {
	Words      word.Config
	Patterns   []pattern.Pattern
	Presets    []Preset
	Entities   []pii.Type
	Categories []guardrail.Category
	Attacks    []attack.Type // none means attacks of any kind, as one finding
	Topics     []guardrail.Topic
	Grounding  []guardrail.GroundingType
}

// Preset is a regex entry that names a built-in detector instead of an expression.
type Preset struct {
	Name   string // of the entry
	Preset pii.Preset
}

// Factories makes detectors by family. A family that is missing from the map is one that this build does not have: a guardrail that
// needs it can be stored and read, and fails closed when it is applied.
type Factories map[detect.Family]func(Wanted) ([]detect.Detector, error)

// RuleFactories gives the families that need no model: words, patterns and personal data.
func RuleFactories() Factories {
	return Factories{
		detect.Word:    func(w Wanted) ([]detect.Detector, error) { return one(word.New(w.Words)) },
		detect.Pattern: patterns,
		detect.PII:     func(w Wanted) ([]detect.Detector, error) { return one(pii.New(w.Entities...)) },
	}
}

func one(d detect.Detector, err error) ([]detect.Detector, error) { return []detect.Detector{d}, err }

// patterns makes one detector for all expressions and one for each preset.
func patterns(w Wanted) (made []detect.Detector, err error) {
	for _, p := range w.Presets {
		d, err := pii.NewPreset(p.Name, p.Preset)
		if err != nil {
			return nil, err
		}
		made = append(made, d)
	}
	if len(w.Patterns) == 0 {
		return made, nil
	}
	d, err := pattern.New(w.Patterns)
	return append(made, d), err
}

// CheckRegex says whether a regex entry's pattern can be used: an expression or the name of a preset.
func CheckRegex(expression string) error {
	if _, named, err := pii.ParsePattern(expression); named {
		return err
	}
	return pattern.Check(expression)
}

// Compiled is a version of a guardrail, ready to be applied. It is immutable and safe for concurrent use.
type Compiled struct {
	guardrail guardrail.Guardrail
	sides     map[guardrail.Direction]*side
}

// side is one direction of a compiled guardrail.
type side struct {
	plan      plan
	detectors []detect.Detector
	missing   []detect.Family
}

// Compile makes the detectors for both directions of g.
func Compile(g guardrail.Guardrail, factories Factories) (*Compiled, error) {
	c := &Compiled{guardrail: g, sides: map[guardrail.Direction]*side{}}
	for _, d := range []guardrail.Direction{guardrail.Input, guardrail.Output} {
		s, err := compileSide(planFor(g.Config, d), factories)
		if err != nil {
			return nil, fmt.Errorf("compile guardrail %s: %w", g.ID, err)
		}
		c.sides[d] = s
	}
	return c, nil
}

// Guardrail gives the version that was compiled.
func (c *Compiled) Guardrail() guardrail.Guardrail { return c.guardrail }

// ReadsImages reports whether some filter reads images in a direction.
func (c *Compiled) ReadsImages(d guardrail.Direction) bool { return c.sides[d].plan.images }

func compileSide(p plan, factories Factories) (*side, error) {
	s := &side{plan: p}
	want, err := p.wanted()
	if err != nil {
		return nil, err
	}
	for _, family := range p.families() {
		factory, ok := factories[family]
		if !ok {
			s.missing = append(s.missing, family)
			continue
		}
		made, err := factory(want)
		if err != nil {
			return nil, fmt.Errorf("%s detector: %w", family, err)
		}
		s.detectors = append(s.detectors, made...)
	}
	return s, nil
}

func (p plan) wanted() (w Wanted, err error) {
	for _, x := range p.words {
		w.Words.Phrases = append(w.Words.Phrases, x.name)
	}
	w.Words.Profanity = len(p.managed) > 0
	for _, s := range p.sensitive {
		preset, named, err := pii.ParsePattern(s.pattern)
		switch {
		case err != nil:
			return w, fmt.Errorf("regex %q: %w", s.name, err)
		case named:
			w.Presets = append(w.Presets, Preset{s.name, preset})
		case s.regex():
			w.Patterns = append(w.Patterns, pattern.Pattern{Name: s.name, Expr: s.pattern})
		default:
			w.Entities = append(w.Entities, pii.Type(s.name))
		}
	}
	for _, f := range p.content {
		if f.text {
			w.Categories = append(w.Categories, f.category)
		}
	}
	for _, t := range p.topics {
		w.Topics = append(w.Topics, t.Topic)
	}
	for _, f := range p.grounding {
		w.Grounding = append(w.Grounding, f.Type)
	}
	return w, nil
}

// names joins the families for a message.
func names(families []detect.Family) string {
	text := make([]string, len(families))
	for i, f := range families {
		text[i] = string(f)
	}
	return strings.Join(text, ", ")
}
