package bedrockruntime

import (
	"context"
	"errors"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
)

// Inference calls models behind guardrails.
type Inference interface {
	Generate(ctx context.Context, r inference.Request) (inference.Result, error)
	Stream(ctx context.Context, r inference.Request, yield func(model.Delta) error) (inference.Result, error)
	CountTokens(ctx context.Context, r model.Request) (int, error)
	EnforcedOn(ctx context.Context, scope guardrail.Scope, model string) (guardrail.Enforced, bool, error)
}

// checkGuard refuses a guardrail without a version, a version without a guardrail, and what can be neither.
func checkGuard(identifier, version *string) error {
	switch {
	case identifier == nil && version == nil:
		return nil
	case identifier == nil || version == nil:
		return fault.New(fault.Invalid, "The guardrail identifier and the guardrail version must be given together.")
	}
	if _, ok := guardrail.ParseVersion(*version); !ok || !identifierForm.MatchString(*identifier) {
		return fault.New(fault.Invalid, "Guardrail was enabled but input is in incorrect format.")
	}
	return nil
}

// guardKey gives the guardrail that a checked request asks for; nil for none.
func guardKey(scope guardrail.Scope, identifier, version *string) (*evaluate.Key, error) {
	if identifier == nil || version == nil {
		return nil, nil
	}
	key, err := parseKey(scope, *identifier, *version)
	return &key, err
}

// enforcedTime bounds the look-up of the enforced guardrail that authorisation needs.
const enforcedTime = 5 * time.Second

// requiresInvoke names the model and every guardrail of a call. An enforced one asks the same of the caller as one of their own.
func (s *service) requiresInvoke(call *operation.Call, action string, modelID, identifier, version *string) []operation.Requirement {
	scope := scopeOf(call)
	required := []operation.Requirement{{Action: action, Resource: modelARN(call, modelID)}}
	apply := func(identifier string, version guardrail.Version) {
		required = append(required, s.onGuardrail(call, identifier, version))
	}
	if identifier != nil {
		apply(*identifier, versionNamed(version))
		required[0].Context = map[string][]string{"bedrock:GuardrailIdentifier": {versioned(required[1].Resource, version)}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), enforcedTime)
	defer cancel()
	if modelID == nil {
		return required
	}
	if enforced, ok, err := s.Inference.EnforcedOn(ctx, scope, *modelID); err != nil {
		apply("*", guardrail.Draft) // the handler will fail as well
	} else if ok {
		apply(enforced.GuardrailID, enforced.Version)
	}
	return required
}

// modelARN gives the resource that a model identifier names; what cannot be one stands for all.
func modelARN(call *operation.Call, identifier *string) string {
	if identifier == nil {
		return "*"
	}
	if id := model.ParseID(*identifier); !strings.HasPrefix(id, "arn:") {
		return model.ARN(call.Partition, call.Region, id)
	}
	return *identifier
}

// applied records each evaluation of a call as an ApplyGuardrail of its own.
func (s *service) applied(call *operation.Call) func(guardrail.Guardrail, guardrail.Direction) {
	return func(g guardrail.Guardrail, _ guardrail.Direction) {
		if s.Applied != nil {
			s.Applied(call, g.ARN())
		}
	}
}

// versioned is how the condition key bedrock:GuardrailIdentifier names a guardrail: a numbered version behind a colon, the draft bare.
func versioned(arn string, version *string) string {
	if version == nil || *version == guardrail.Draft.String() {
		return arn
	}
	return arn + ":" + *version
}

// modelFault puts what went wrong with a model into the words of a call. begun says that a part of a stream has left.
func modelFault(err error, begun bool) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		f = fault.New(fault.Timeout, "The model timed out.")
	}
	code := ""
	switch {
	case f.Kind == fault.Timeout:
		code = "ModelTimeoutException"
	case f.Kind == fault.Upstream && begun:
		code = "ModelStreamErrorException"
	default:
		return err
	}
	named := fault.Wrap(err, f.Kind, "%s", f.Message)
	named.Code = code
	return named
}
