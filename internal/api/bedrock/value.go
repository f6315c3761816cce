package bedrock

import (
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// domain gives an enumeration's value in the domain's type. The wire's checks have refused every value that is not listed.
func domain[To, From ~string](value *From) To {
	if value == nil {
		return ""
	}
	return To(*value)
}

// gates reads the four members that every filter has.
func gates[A ~string](inputAction, outputAction *A, inputEnabled, outputEnabled *bool) guardrail.Gates {
	return guardrail.Gates{
		Input:  guardrail.Gate{Action: domain[guardrail.Action](inputAction), Enabled: switchOf(inputEnabled)},
		Output: guardrail.Gate{Action: domain[guardrail.Action](outputAction), Enabled: switchOf(outputEnabled)},
	}
}

func switchOf(enabled *bool) guardrail.Switch {
	switch {
	case enabled == nil:
		return guardrail.Unset
	case *enabled:
		return guardrail.On
	default:
		return guardrail.Off
	}
}

func flag(s guardrail.Switch) *bool {
	if s == guardrail.Unset {
		return nil
	}
	return new(s == guardrail.On)
}

// each maps a list; an empty one becomes an absent one.
func each[From, To any](from []From, f func(From) To) []To {
	if len(from) == 0 {
		return nil
	}
	to := make([]To, len(from))
	for i, value := range from {
		to[i] = f(value)
	}
	return to
}

// parseVersion reads a version whose form the wire's checks have accepted.
func parseVersion(s string) (guardrail.Version, error) {
	version, ok := guardrail.ParseVersion(s)
	if !ok {
		return guardrail.Draft, fault.New(fault.Invalid, "The guardrailVersion provided in the request is not DRAFT or a version number.")
	}
	return version, nil
}
