package evaluate

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/attack"
	"merlon.dev/merlon/internal/detect/pii"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// Checks are what is looked for without a guardrail. An empty list is a check that is not run.
type Checks struct {
	Content  []guardrail.Category
	Attacks  []attack.Type
	Entities []pii.Type
}

// Message is one message of a conversation. The texts of a trusted one are not searched for prompt attacks.
type Message struct {
	Texts   []string
	Trusted bool
}

// Severity is how strongly a text matches a category: 0, 0.2, 0.4, 0.6, 0.8 or 1.
type Severity struct {
	Category string
	Score    float64
}

// Entity is personal data in a text: code points [Begin, End) of text Text of message Message.
type Entity struct {
	Type          pii.Type
	Score         float64
	Message, Text int
	Begin, End    int
}

// CheckResult has a severity for each category that was asked for, in that order, and the entities in the order of the texts.
type CheckResult struct {
	Content, Attacks []Severity
	Entities         []Entity
	Truncated        bool // there were more than MaxEntities
	Characters       int  // of all texts
}

// MaxEntities bounds the entities of one answer (spec/guardrails.md 9).
const MaxEntities = 1000

// Checker looks for things without a guardrail (InvokeGuardrailChecks): it detects and decides nothing.
type Checker struct {
	evaluator *Evaluator
	factories Factories
}

// NewChecker makes a checker that shares an evaluator's time limit and count of failures.
func NewChecker(e *Evaluator, f Factories) *Checker { return &Checker{e, f} }

// Check looks at all texts. A detector that is missing, fails or runs out of time fails the call with fault kind Unavailable.
func (k *Checker) Check(ctx context.Context, c Checks, messages []Message) (CheckResult, error) {
	ctx, cancel := context.WithTimeout(ctx, k.evaluator.timeout)
	defer cancel()
	var all, suspect []*text.Document
	var at []place
	var out CheckResult
	for i, m := range messages {
		for j, t := range m.Texts {
			d := text.New(t)
			all, at = append(all, d), append(at, place{i, j})
			if !m.Trusted {
				suspect = append(suspect, d)
			}
			out.Characters += utf8.RuneCountInString(t)
		}
	}
	if len(c.Content) > 0 {
		found, err := k.detect(ctx, detect.Content, Wanted{Categories: c.Content}, all)
		if err != nil {
			return CheckResult{}, err
		}
		out.Content = severities(c.Content, found)
	}
	if len(c.Attacks) > 0 {
		found, err := k.detect(ctx, detect.Attack, Wanted{Attacks: c.Attacks}, suspect)
		if err != nil {
			return CheckResult{}, err
		}
		out.Attacks = severities(c.Attacks, found)
	}
	if len(c.Entities) > 0 {
		found, err := k.detect(ctx, detect.PII, Wanted{Entities: c.Entities}, all)
		if err != nil {
			return CheckResult{}, err
		}
		out.Entities, out.Truncated = entities(found, all, at)
	}
	return out, nil
}

// place is where a text stands in the messages.
type place struct{ message, text int }

func (k *Checker) detect(ctx context.Context, f detect.Family, w Wanted, docs []*text.Document) ([]detect.Finding, error) {
	factory, ok := k.factories[f]
	if !ok {
		k.evaluator.countFailure([]detect.Family{f})
		return nil, fault.New(fault.Unavailable, "The check needs a detector that this server does not have: %s. The content was not checked.", f)
	}
	detectors, err := factory(w)
	if err != nil {
		return nil, err
	}
	var all []detect.Finding
	for _, d := range detectors {
		found, err := k.evaluator.detect(ctx, d, detect.Input{Blocks: docs})
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// severities gives the strongest finding of each category, in steps of a fifth.
func severities[T ~string](asked []T, found []detect.Finding) []Severity {
	out := make([]Severity, len(asked))
	for i, c := range asked {
		out[i].Category = string(c)
		for _, f := range found {
			if f.Type == string(c) {
				out[i].Score = max(out[i].Score, severity(f))
			}
		}
	}
	return out
}

// severity maps a finding's confidence to a step; the upper half of HIGH is 1.
func severity(f detect.Finding) float64 {
	const surest = 0.9
	switch {
	case f.Confidence == detect.High && f.Score >= surest:
		return 1
	case f.Confidence == detect.High:
		return 0.8
	case f.Confidence == detect.Medium:
		return 0.6
	case f.Confidence == detect.Low:
		return 0.4
	default:
		return 0
	}
}

// entities gives the findings in the order of the texts, with spans in code points.
func entities(found []detect.Finding, docs []*text.Document, at []place) (out []Entity, truncated bool) {
	slices.SortStableFunc(found, func(a, b detect.Finding) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	if truncated = len(found) > MaxEntities; truncated {
		found = found[:MaxEntities]
	}
	block, offset, runes := -1, 0, 0
	for _, f := range found {
		s := docs[f.Block].Original()
		if f.Block != block {
			block, offset, runes = f.Block, 0, 0
		}
		runes += utf8.RuneCountInString(s[offset:f.Span.Start])
		offset = f.Span.Start
		out = append(out, Entity{
			Type: pii.Type(f.Type), Score: f.Score, Message: at[block].message, Text: at[block].text,
			Begin: runes, End: runes + utf8.RuneCountInString(s[f.Span.Start:f.Span.End]),
		})
	}
	return out, truncated
}
