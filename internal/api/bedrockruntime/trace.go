package bedrockruntime

import (
	"slices"

	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// detail is how much of a guardrail's work a caller wants to see.
type detail int

const (
	noTrace detail = iota
	detected
	everything
)

// detailOf reads the trace setting, which Converse writes in lower case and InvokeModel in upper case.
func detailOf[T ~string](trace *T) detail {
	if trace == nil {
		return noTrace
	}
	switch *trace {
	case "enabled", "ENABLED":
		return detected
	case "enabled_full", "ENABLED_FULL":
		return everything
	default:
		return noTrace
	}
}

// reasonOf gives the action reason of a decision.
func reasonOf(d evaluate.Decision) string {
	switch d {
	case evaluate.DecisionPassed:
		return "No action."
	case evaluate.DecisionMasked:
		return "Guardrail masked."
	default:
		return "Guardrail blocked."
	}
}

// trace tells what the guardrails of a Converse call did; nil where there was none or nobody asks.
func trace(r *inference.Report, d detail) *wire.GuardrailTraceAssessment {
	if r == nil || d == noTrace {
		return nil
	}
	out := &wire.GuardrailTraceAssessment{ActionReason: new(reasonOf(r.Decision)), InputAssessment: inputAssessments(r, d)}
	if len(r.Output) > 0 {
		out.OutputAssessments = map[string][]wire.GuardrailAssessment{}
		for _, j := range r.Output {
			out.OutputAssessments[j.Guardrail.ID] = append(out.OutputAssessments[j.Guardrail.ID], judged(j, d))
		}
		out.ModelOutput = r.ModelOutput
	}
	return out
}

// inputAssessments tells what was seen of the input, by guardrail. One that is asked for and enforced at once bears both origins.
func inputAssessments(r *inference.Report, d detail) map[string]wire.GuardrailAssessment {
	out := map[string]wire.GuardrailAssessment{}
	for _, j := range r.Input {
		a := judged(j, d)
		if earlier, ok := out[j.Guardrail.ID]; ok {
			a.AppliedGuardrailDetails.GuardrailOrigin = slices.Concat(earlier.AppliedGuardrailDetails.GuardrailOrigin, a.AppliedGuardrailDetails.GuardrailOrigin)
		}
		out[j.Guardrail.ID] = a
	}
	return out
}

func judged(j inference.Judged, d detail) wire.GuardrailAssessment {
	a := j.Assessment
	if d != everything {
		a = a.Detected()
	}
	out := assessment(j.Guardrail, a)
	out.AppliedGuardrailDetails.GuardrailOrigin = []wire.GuardrailOrigin{wire.GuardrailOrigin(j.Origin)}
	return out
}
