package inference

import (
	"context"
	"slices"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// call is one call in flight.
type call struct {
	service *Service
	start   time.Time
	request model.Request // the call's own copy, masked where the guardrails say so
	scope   guardrail.Scope
	native  bool
	applied func(guardrail.Guardrail, guardrail.Direction)
	entry   model.Entry
	guards  []guard
	sources []evaluate.Block // what grounding holds the answer against, as the caller sent it

	content    []model.Block
	end        model.End
	answered   bool                     // the model answered, if only in part
	deltas     int                      // pieces of a stream so far
	metered    func(model.Usage, error) // nil where nobody counts, or before the call was admitted
	intervened bool
	blocked    bool
	report     Report
}

// begin resolves what the call needs.
func (s *Service) begin(ctx context.Context, r Request) (*call, error) {
	c := &call{service: s, start: s.Now(), scope: r.Scope, native: r.Native, request: r.Request, applied: r.Applied}
	if c.applied == nil {
		c.applied = func(guardrail.Guardrail, guardrail.Direction) {}
	}
	c.report.Decision = evaluate.DecisionPassed
	target, err := s.Models.Find(ctx, r.Scope, r.Model)
	if err != nil {
		return c, err
	}
	c.entry = target.Entry
	c.request.Model = c.entry.ID
	if s.Meter != nil {
		if c.metered, err = s.Meter.Begin(r, c.entry.ID, estimate(r.Request)); err != nil {
			return c, err
		}
	}
	if c.guards, err = s.guards(ctx, r); err != nil {
		return c, err
	}
	if len(c.guards) > 0 {
		c.request = own(c.request)
	}
	return c, nil
}

// judgeInput lets every guardrail judge the input, and masks what is to be masked before the model sees it.
func (c *call) judgeInput(ctx context.Context) error {
	if len(c.guards) == 0 {
		return nil
	}
	all := passages(&c.request)
	c.sources = grounding(all)
	var masks []evaluate.Mask
	message := ""
	for _, g := range c.guards {
		blocks, guarded := g.input(all, c.native)
		outcome, err := c.judgeBlocks(ctx, g, blocks)
		if err != nil {
			return err
		}
		c.report.Input = append(c.report.Input, Judged{g.Guardrail(), g.origin, outcome.Assessment})
		c.applied(g.Guardrail(), guardrail.Input)
		c.decide(outcome.Decision)
		if outcome.Decision == evaluate.DecisionBlocked && message == "" {
			message = outcome.Outputs[0]
		}
		masks = append(masks, overall(outcome.Masks, all, guarded)...)
	}
	if c.report.Decision == evaluate.DecisionBlocked {
		c.block(message)
		return nil
	}
	masks = evaluate.MergeMasks(masks)
	for _, p := range all {
		if p.text != nil && len(masks) > 0 {
			*p.text = evaluate.MaskText(*p.text, p.start, masks)
		}
	}
	return nil
}

// overall moves masks from the guarded texts alone to all texts of the conversation. A mask over several texts covers neighbours only.
func overall(masks []evaluate.Mask, all []passage, guarded []int) []evaluate.Mask {
	var out []evaluate.Mask
	next, start := 0, 0 // the guarded text and where it starts
	for _, m := range masks {
		for m.Span.Start >= start+len(*all[guarded[next]].text) {
			start += len(*all[guarded[next]].text)
			next++
		}
		shift := all[guarded[next]].start - start
		m.Span.Start += shift
		m.Span.End += shift
		out = append(out, m)
	}
	return out
}

// decide keeps the strictest decision; the smaller one is the stricter.
func (c *call) decide(d evaluate.Decision) { c.report.Decision = min(c.report.Decision, d) }

// block makes a guardrail's message the answer.
func (c *call) block(message string) {
	c.content = []model.Block{{Text: message}}
	c.intervened, c.blocked = true, true
}

// judgeAnswer lets every guardrail judge a whole answer.
func (c *call) judgeAnswer(ctx context.Context, content []model.Block) error {
	c.content = content
	if len(c.guards) == 0 {
		return nil
	}
	texts, places := answerTexts(content)
	v, err := c.judge(ctx, texts, nil)
	if err != nil {
		return err
	}
	c.conclude(v)
	switch v.decision {
	case evaluate.DecisionBlocked:
		for _, t := range texts {
			c.report.ModelOutput = append(c.report.ModelOutput, t.Text)
		}
		c.block(v.message)
	case evaluate.DecisionMasked:
		c.intervened = true
		at := 0
		for i, t := range texts {
			content[places[i]].Text = evaluate.MaskText(t.Text, at, v.masks)
			at += len(t.Text)
		}
	case evaluate.DecisionPassed:
	}
	return nil
}

// answerTexts gives the texts of an answer and their places in it. A tool use parts the text before it from the one behind it.
func answerTexts(content []model.Block) (texts []evaluate.Block, places []int) {
	follows := false
	for i, b := range content {
		if !b.IsText() {
			follows = false
			continue
		}
		texts, places = append(texts, evaluate.Block{Text: b.Text, Follows: follows}), append(places, i)
		follows = true
	}
	return texts, places
}

// verdict is what all guardrails together say about an answer.
type verdict struct {
	decision evaluate.Decision
	message  string // of the first that blocks
	masks    []evaluate.Mask
	open     int // where the first finding starts that ends behind the window; -1 without one
	judged   []Judged
}

// judge lets every guardrail judge the texts of a whole answer or, where there is a window, of what there is of it.
func (c *call) judge(ctx context.Context, texts []evaluate.Block, window *evaluate.Window) (verdict, error) {
	v := verdict{decision: evaluate.DecisionPassed, open: -1}
	blocks := texts
	if window == nil {
		blocks = slices.Concat(c.sources, texts)
	}
	for _, g := range c.guards {
		outcome, err := c.service.Evaluator.Apply(ctx, g.Compiled, evaluate.Request{
			Source: guardrail.Output, Blocks: blocks, GroundingOptional: true, Window: window,
		})
		if err != nil {
			return verdict{}, err
		}
		v.judged = append(v.judged, Judged{g.Guardrail(), g.origin, outcome.Assessment})
		if outcome.Decision == evaluate.DecisionBlocked && v.message == "" {
			v.message = outcome.Outputs[0]
		}
		v.decision = min(v.decision, outcome.Decision)
		v.masks = append(v.masks, outcome.Masks...)
		if outcome.Open >= 0 && (v.open < 0 || outcome.Open < v.open) {
			v.open = outcome.Open
		}
	}
	v.masks = evaluate.MergeMasks(v.masks)
	return v, nil
}

// conclude makes a verdict the report's.
func (c *call) conclude(v verdict) {
	c.report.Output = v.judged
	for _, j := range v.judged {
		c.applied(j.Guardrail, guardrail.Output)
	}
	c.decide(v.decision)
}

// count tells the meter that the call has ended.
func (c *call) count(err error) {
	if c.metered == nil {
		return
	}
	usage := c.end.Usage
	if err != nil && c.answered && usage == (model.Usage{}) {
		usage = model.Usage{InputTokens: estimate(c.request), OutputTokens: c.deltas} // what broke off has cost something as well
	}
	c.metered(usage, err)
}

// result tells how the call ended.
func (c *call) result() Result {
	r := Result{Content: c.content, End: c.end, Intervened: c.intervened, Blocked: c.blocked, Latency: c.service.Now().Sub(c.start)}
	if len(c.guards) > 0 {
		r.Report = &c.report
	}
	return r
}
