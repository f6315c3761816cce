package eval

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// Guardrail measures a guardrail as it is configured, on one side of the model.
type Guardrail struct {
	evaluator *evaluate.Evaluator
	compiled  *evaluate.Compiled
	source    guardrail.Direction
	guard     *guardmodel.Model // for scores of content; may be nil
	labels    []string
}

// NewGuardrail makes a scorer of a compiled guardrail. guard gives the scores behind content filters, for the figures that need more
// than a yes or no; it may be nil.
func NewGuardrail(e *evaluate.Evaluator, c *evaluate.Compiled, source guardrail.Direction, guard *guardmodel.Model) *Guardrail {
	g := &Guardrail{evaluator: e, compiled: c, source: source, guard: guard, labels: []string{Anything}}
	config := c.Guardrail().Config
	if len(config.Content.Filters) > 0 {
		g.labels = append(g.labels, AnyContent)
	}
	for _, f := range config.Content.Filters {
		g.labels = append(g.labels, string(f.Category))
	}
	for _, t := range config.Topics.Topics {
		g.labels = append(g.labels, t.Name)
	}
	for _, e := range config.Sensitive.Entities {
		g.labels = append(g.labels, e.Type)
	}
	for _, r := range config.Sensitive.Regexes {
		g.labels = append(g.labels, r.Name)
	}
	return g
}

// Labels are Anything, what the guardrail's filters are called, and AnyContent if it has content filters.
func (g *Guardrail) Labels() []string { return g.labels }

// Points is the one line that the configuration draws.
func (g *Guardrail) Points() []string { return []string{"configured"} }

// Score applies the guardrail to a text. What has no score of its own scores 1 where it was detected.
func (g *Guardrail) Score(ctx context.Context, s string) ([]Verdict, time.Duration, error) {
	start := time.Now()
	out, err := g.evaluator.Apply(ctx, g.compiled, evaluate.Request{Source: g.source, Blocks: []evaluate.Block{{Text: s}}, GroundingOptional: true})
	if err != nil {
		return nil, 0, err
	}
	took := time.Since(start)
	hits := detected(out.Assessment)
	hits[Anything] = hits[Anything] || out.Decision != evaluate.DecisionPassed
	scores := map[string]float64{}
	if g.guard != nil {
		reading, err := g.guard.Read(ctx, text.New(s))
		if err != nil {
			return nil, 0, err
		}
		for _, c := range scored() {
			scores[c.name], _ = reading.Peak(c.of...)
		}
	}
	verdicts := make([]Verdict, len(g.labels))
	for i, l := range g.labels {
		score, ok := scores[l]
		if !ok && hits[l] {
			score = 1
		}
		verdicts[i] = Verdict{score, []bool{hits[l]}}
	}
	return verdicts, took, nil
}

// detected lists what an assessment detected, by label.
func detected(a evaluate.Assessment) map[string]bool {
	hits := map[string]bool{Anything: len(a.Words)+len(a.Managed)+len(a.Regexes) > 0}
	for _, c := range a.Content {
		hits[string(c.Category)] = c.Detected
		hits[AnyContent] = hits[AnyContent] || c.Detected && c.Category != guardrail.PromptAttack
		hits[Anything] = hits[Anything] || c.Detected
	}
	for _, t := range a.Topics {
		hits[t.Name], hits[Anything] = t.Detected, hits[Anything] || t.Detected
	}
	for _, e := range a.Entities {
		hits[e.Type], hits[Anything] = hits[e.Type] || e.Detected, hits[Anything] || e.Detected
	}
	for _, r := range a.Regexes {
		hits[r.Name] = true
	}
	return hits
}
