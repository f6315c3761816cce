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
	CountTokens(ctx context.Context, scope guardrail.Scope, r model.Request) (int, error)
	Find(ctx context.Context, scope guardrail.Scope, identifier string) (inference.Target, error)
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

// enforcedTime bounds each look-up that authorisation needs: of the enforced guardrail, and of an inference profile.
const enforcedTime = 5 * time.Second

// requiresInvoke names the model and every guardrail of a call. An enforced one asks the same of the caller as one of their own.
func (s *service) requiresInvoke(call *operation.Call, action string, modelID, identifier, version *string) []operation.Requirement {
	scope := scopeOf(call)
	required := s.onModel(call, action, modelID)
	apply := func(identifier string, version guardrail.Version) {
		required = append(required, s.onGuardrail(call, identifier, version))
	}
	if identifier != nil {
		models := len(required)
		apply(*identifier, versionNamed(version))
		named := []string{versioned(required[models].Resource, version)}
		for i := range required[:models] {
			if required[i].Context == nil {
				required[i].Context = map[string][]string{}
			}
			required[i].Context["bedrock:GuardrailIdentifier"] = named
		}
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

// onModel is the requirement of an action on the model that an identifier names. One that is called through an inference profile needs the
// action on both, and the model's side is told of the profile.
func (s *service) onModel(call *operation.Call, action string, identifier *string) []operation.Requirement {
	if identifier == nil {
		return []operation.Requirement{{Action: action, Resource: "*"}}
	}
	ctx, cancel := context.WithTimeout(context.Background(), enforcedTime)
	defer cancel()
	target, err := s.Inference.Find(ctx, scopeOf(call), *identifier)
	if err != nil || target.ProfileARN == "" {
		return []operation.Requirement{{Action: action, Resource: modelARN(call, identifier)}} // the handler says what is wrong with it
	}
	return []operation.Requirement{{
		Action: action, Resource: target.ProfileARN,
		Lookup: func(context.Context) (operation.ResourceSide, error) {
			return operation.ResourceSide{Tags: func(context.Context) (map[string]string, error) { return target.Tags, nil }}, nil
		},
	}, {
		Action: action, Resource: model.ARN(call.Partition, call.Region, target.ID),
		Context: map[string][]string{"bedrock:InferenceProfileArn": {target.ProfileARN}},
	}}
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
