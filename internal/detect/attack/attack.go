// Package attack finds prompt attacks, those of users and those hidden in documents, by the guard model.
package attack

import (
	"fmt"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/guardmodel"
)

// Type is what a finding says, by the name that the wire uses.
type Type string

// The closed list of types. PromptAttack is an attack of any kind, which is what guardrails ask for; the others are the kinds that
// InvokeGuardrailChecks tells apart (spec/guardrails.md 9).
const (
	PromptAttack    Type = "PROMPT_ATTACK"
	Jailbreak       Type = "JAILBREAK"
	PromptInjection Type = "PROMPT_INJECTION"
	PromptLeakage   Type = "PROMPT_LEAKAGE"
)

// labels gives the model's outputs of which the highest decides.
func (t Type) labels() ([]guardmodel.Label, error) {
	switch t {
	case PromptAttack:
		return []guardmodel.Label{guardmodel.Direct, guardmodel.Planted}, nil
	case Jailbreak:
		return []guardmodel.Label{guardmodel.Jailbreak}, nil
	case PromptInjection:
		return []guardmodel.Label{guardmodel.Injection}, nil
	case PromptLeakage:
		return []guardmodel.Label{guardmodel.Leakage}, nil
	default:
		return nil, fmt.Errorf("%.40q is no type of prompt attack", string(t))
	}
}

// New makes a detector of types, each of the closed list and named once.
func New(m *guardmodel.Model, types ...Type) (detect.Detector, error) {
	kinds := make([]guardmodel.Kind, len(types))
	for i, t := range types {
		labels, err := t.labels()
		if err != nil {
			return nil, err
		}
		kinds[i] = guardmodel.Kind{Type: string(t), Labels: labels}
	}
	return m.Detector(detect.Attack, kinds...), nil
}
