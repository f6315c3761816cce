package evaluate

import (
	"context"
	"time"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// Decision is what a guardrail decides about a call. Its zero value blocks.
type Decision int

// The decisions.
const (
	DecisionBlocked Decision = iota
	DecisionMasked
	DecisionPassed
)

// Outcome is the decision with everything that explains it.
type Outcome struct {
	Decision Decision
	// Outputs is what takes the place of the content: the blocked message alone, or every text block with its masks, or nothing.
	Outputs []string
	// Masks are what Outputs has in place of the content; nil unless the decision is DecisionMasked.
	Masks []Mask
	// Open is where the first finding starts that ends behind the request's window, in bytes of the guarded text; -1 without one.
	Open int
	// Assessment holds everything that was looked at; Detected narrows it to what was detected.
	Assessment Assessment
}

// Apply evaluates a request. Every policy is evaluated even after a block, so that the assessment is complete. A detector that is
// missing, fails or runs out of time fails the call with fault kind Unavailable: what could not be checked did not pass.
func (e *Evaluator) Apply(ctx context.Context, c *Compiled, r Request) (Outcome, error) {
	start := e.now()
	side := c.sides[r.Source]
	if side == nil {
		return Outcome{}, fault.New(fault.Invalid, "The source %q is not INPUT or OUTPUT.", r.Source)
	}
	parts := split(r.Blocks)
	detectors, missing, plan := side.detectors, side.missing, side.plan
	if len(plan.grounding) > 0 {
		if err := parts.checkGrounding(); err != nil {
			if !r.GroundingOptional {
				return Outcome{}, err
			}
			plan.grounding = nil
			detectors, missing = without(detect.Grounding, detectors, missing)
		}
	}
	if !parts.suspect {
		detectors, missing = without(detect.Attack, detectors, missing)
	}
	if err := checkImages(parts.images); err != nil {
		return Outcome{}, err
	}
	if plan.images && len(parts.images) > 0 {
		missing = append(missing[:len(missing):len(missing)], "image content")
	}
	usage := plan.usage(parts.chars.guarded, parts.chars.sources+parts.chars.queries+parts.chars.guarded, len(parts.images))
	if r.Admit != nil {
		if err := r.Admit(usage); err != nil {
			return Outcome{}, err
		}
	}
	if len(missing) > 0 {
		e.countFailure(missing)
		return Outcome{}, fault.New(fault.Unavailable, "The guardrail needs a detector that this server does not have: %s. The content was not checked.", names(missing))
	}
	found, err := e.run(ctx, detectors, parts)
	if err != nil {
		return Outcome{}, err
	}
	found, open := parts.settle(found, r.Blocks, r.Window)
	out := decide(c.guardrail.Config, plan, r, parts, found)
	out.Open = open
	out.Assessment.Usage, out.Assessment.Latency = usage, e.now().Sub(start)
	return out, nil
}

// decide turns findings into an outcome. It is a pure function of its arguments.
func decide(c guardrail.Config, p plan, r Request, parts parts, found []detect.Finding) Outcome {
	assessment, masks := assess(p, parts, found)
	assessment.Coverage = Coverage{
		GuardedCharacters: parts.chars.guarded, TotalCharacters: parts.chars.total,
		TotalImages: len(parts.images),
	}
	if p.images {
		assessment.Coverage.GuardedImages = len(parts.images)
	}
	switch {
	case assessment.blocks():
		message := c.BlockedInput
		if r.Source == guardrail.Output {
			message = c.BlockedOutput
		}
		return Outcome{Decision: DecisionBlocked, Outputs: []string{message}, Assessment: assessment}
	case len(masks) > 0:
		return Outcome{Decision: DecisionMasked, Outputs: maskBlocks(r.Blocks, parts, masks), Masks: masks, Assessment: assessment}
	default:
		return Outcome{Decision: DecisionPassed, Assessment: assessment}
	}
}

func without(family detect.Family, detectors []detect.Detector, missing []detect.Family) ([]detect.Detector, []detect.Family) {
	var keptDetectors []detect.Detector
	for _, d := range detectors {
		if d.Family() != family {
			keptDetectors = append(keptDetectors, d)
		}
	}
	var keptMissing []detect.Family
	for _, f := range missing {
		if f != family {
			keptMissing = append(keptMissing, f)
		}
	}
	return keptDetectors, keptMissing
}

// EvaluatorConfig sets an Evaluator up.
type EvaluatorConfig struct {
	// Timeout bounds one evaluation; the call fails closed beyond it. 0 means 10 s.
	Timeout time.Duration
	// Parallel is how many detectors of one call may run at a time; 0 means 2.
	Parallel int
	// Failed is called once for each detector that is missing or fails; nil means nobody counts. It must not block.
	Failed func(detect.Family)
	// Now gives the time; nil means time.Now.
	Now func() time.Time
}

// Evaluator runs compiled guardrails. It holds no state of a call and is safe for concurrent use.
type Evaluator struct {
	timeout  time.Duration
	parallel int
	failed   func(detect.Family)
	now      func() time.Time
}

// NewEvaluator makes an evaluator.
func NewEvaluator(c EvaluatorConfig) *Evaluator {
	e := &Evaluator{timeout: c.Timeout, parallel: c.Parallel, failed: c.Failed, now: c.Now}
	if e.timeout <= 0 {
		e.timeout = 10 * time.Second
	}
	if e.parallel <= 0 {
		e.parallel = 2
	}
	if e.failed == nil {
		e.failed = func(detect.Family) {}
	}
	if e.now == nil {
		e.now = time.Now
	}
	return e
}

func (e *Evaluator) countFailure(families []detect.Family) {
	for _, f := range families {
		e.failed(f)
	}
}
