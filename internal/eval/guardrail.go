package eval

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
)

// Guardrail measures a guardrail as it is configured, on one side of the model. Its labels are Anything, what its filters are called,
// and AnyContent if it has content filters.
type Guardrail struct {
	evaluator *evaluate.Evaluator
	compiled  *evaluate.Compiled
	source    guardrail.Direction
	guard     *guardmodel.Model // for scores of content; may be nil
}

// NewGuardrail makes a scorer of a compiled guardrail. guard gives the scores behind content filters, for the figures that need more
// than a confidence; it may be nil.
func NewGuardrail(e *evaluate.Evaluator, c *evaluate.Compiled, source guardrail.Direction, guard *guardmodel.Model) *Guardrail {
	return &Guardrail{evaluator: e, compiled: c, source: source, guard: guard}
}

// Score applies the guardrail to a row. A row that the guardrail refuses to read is a Failure.
func (g *Guardrail) Score(ctx context.Context, row Row) (Reading, error) {
	start := time.Now()
	outcome, err := g.evaluator.Apply(ctx, g.compiled, evaluate.Request{Source: g.source, Blocks: row.blocks(), GroundingOptional: true})
	if fault.Is(err, fault.Invalid) {
		return Reading{}, &Failure{Code: "ValidationException", Err: err}
	}
	if err != nil {
		return Reading{}, err
	}
	took := time.Since(start)
	out := read(outcome.Assessment, outcome.Decision != evaluate.DecisionPassed)
	out.Took = took
	g.addSilent(&out)
	if g.guard != nil && len(g.compiled.Guardrail().Config.Content.Filters) > 0 {
		if err := g.addScores(ctx, row.Text, out.Verdicts); err != nil {
			return Reading{}, err
		}
	}
	return out, nil
}

// addSilent adds what an assessment names only where it matched: words and regexes.
func (g *Guardrail) addSilent(out *Reading) {
	config := g.compiled.Guardrail().Config
	silent := func(label string, gates guardrail.Gates) {
		if _, ok := out.Verdicts[label]; !ok && gates.In(g.source).Enabled != guardrail.Off {
			out.Verdicts[label] = Verdict{Detected: new(false)}
		}
	}
	for _, w := range config.Words.Words {
		silent(CustomWord, w.Gates)
	}
	for _, l := range config.Words.Managed {
		silent(l.Type, l.Gates)
	}
	for _, r := range config.Sensitive.Regexes {
		if !out.Hidden {
			silent(r.Name, r.Gates)
		}
	}
}

// addScores gives the verdicts on content filters the probabilities behind them, which an assessment does not have.
func (g *Guardrail) addScores(ctx context.Context, s string, verdicts map[string]Verdict) error {
	reading, err := g.guard.Read(ctx, text.New(s))
	if err != nil {
		return err
	}
	for _, c := range scored() {
		if v, ok := verdicts[c.name]; ok {
			score, _ := reading.Peak(c.of...)
			v.Score = &score
			verdicts[c.name] = v
		}
	}
	addAnyContent(verdicts)
	return nil
}

// blocks are a row as content of a call.
func (r Row) blocks() (blocks []evaluate.Block) {
	for _, s := range r.Sources {
		blocks = append(blocks, evaluate.Block{Text: s, Qualifiers: evaluate.Qualifiers{GroundingSource: true}})
	}
	if r.Query != "" {
		blocks = append(blocks, evaluate.Block{Text: r.Query, Qualifiers: evaluate.Qualifiers{Query: true}})
	}
	return append(blocks, evaluate.Block{Text: r.Text, Qualifiers: evaluate.Qualifiers{GuardContent: len(blocks) > 0}})
}

// read takes what an assessment says of every label. intervened is whether the guardrail did something.
func read(a evaluate.Assessment, intervened bool) Reading {
	out := Reading{Verdicts: map[string]Verdict{}}
	anything := intervened
	say := func(label string, detected bool, v Verdict) {
		earlier := out.Verdicts[label].Detected
		v.Detected = new(detected || earlier != nil && *earlier)
		out.Verdicts[label] = v
		anything = anything || detected
	}
	for _, c := range a.Content {
		say(string(c.Category), c.Detected, Verdict{Confidence: c.Confidence.String()})
	}
	addAnyContent(out.Verdicts)
	for _, t := range a.Topics {
		say(t.Name, t.Detected, Verdict{})
	}
	if len(a.Words) > 0 {
		say(CustomWord, true, Verdict{})
	}
	for _, w := range a.Managed {
		say(w.List, true, Verdict{})
	}
	for _, e := range a.Entities {
		out.Hidden = out.Hidden || e.Effect == evaluate.Blocked
		say(e.Type, e.Detected, Verdict{})
		if e.Detected {
			out.Entities = append(out.Entities, Span{e.Type, e.Match})
		}
	}
	for _, r := range a.Regexes {
		out.Hidden = out.Hidden || r.Effect == evaluate.Blocked
		say(r.Name, true, Verdict{})
	}
	for _, f := range a.Grounding {
		label := Ungrounded
		if f.Type == guardrail.Relevant {
			label = Irrelevant
		}
		say(label, f.Detected, Verdict{Score: new(1 - f.Score)})
	}
	say(Anything, anything, Verdict{})
	return out
}
