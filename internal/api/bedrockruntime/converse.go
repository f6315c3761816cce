package bedrockruntime

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// The actions of model calls. Converse has none of its own.
const (
	actionInvoke = "bedrock:InvokeModel"
	actionStream = "bedrock:InvokeModelWithResponseStream"
)

// converseOf gives the request of either operation in one form.
func converseOf(in codec.Shape) *wire.ConverseRequest {
	switch in := in.(type) {
	case *wire.ConverseRequest:
		return in
	case *wire.ConverseStreamRequest:
		out := &wire.ConverseRequest{
			ModelId: in.ModelId, Messages: in.Messages, System: in.System, InferenceConfig: in.InferenceConfig, ToolConfig: in.ToolConfig,
			AdditionalModelRequestFields: in.AdditionalModelRequestFields, PromptVariables: in.PromptVariables,
			AdditionalModelResponseFieldPaths: in.AdditionalModelResponseFieldPaths, RequestMetadata: in.RequestMetadata,
			PerformanceConfig: in.PerformanceConfig, ServiceTier: in.ServiceTier, OutputConfig: in.OutputConfig,
		}
		if g := in.GuardrailConfig; g != nil {
			out.GuardrailConfig = &wire.GuardrailConfiguration{GuardrailIdentifier: g.GuardrailIdentifier, GuardrailVersion: g.GuardrailVersion, Trace: g.Trace}
		}
		return out
	default:
		return &wire.ConverseRequest{}
	}
}

// precheckConverse refuses a guardrail configuration that names none or half of one.
func precheckConverse(in codec.Shape) error {
	g := converseOf(in).GuardrailConfig
	if g == nil {
		return nil
	}
	if g.GuardrailIdentifier == nil && g.GuardrailVersion == nil {
		return fault.New(fault.Invalid, "The guardrail identifier and the guardrail version must be given together.")
	}
	return checkGuard(g.GuardrailIdentifier, g.GuardrailVersion)
}

func (s *service) requiresConverse(action string) func(*operation.Call, codec.Shape) []operation.Requirement {
	return func(call *operation.Call, in codec.Shape) []operation.Requirement {
		request := converseOf(in)
		guard := request.GuardrailConfig
		if guard == nil {
			guard = &wire.GuardrailConfiguration{}
		}
		return s.requiresInvoke(call, action, request.ModelId, guard.GuardrailIdentifier, guard.GuardrailVersion)
	}
}

// converseRequest gives the call that a request asks for, and how much of its guardrails' work is to be told.
func converseRequest(call *operation.Call, in *wire.ConverseRequest) (inference.Request, detail, error) {
	r := inference.Request{Scope: scopeOf(call), Principal: principalOf(call)}
	var err error
	if r.Request, err = conversation(in); err != nil {
		return r, noTrace, err
	}
	d := noTrace
	if g := in.GuardrailConfig; g != nil {
		d = detailOf(g.Trace)
		r.Guardrail, err = guardKey(r.Scope, g.GuardrailIdentifier, g.GuardrailVersion)
	}
	return r, d, err
}

// converse answers a conversation.
func (s *service) converse(ctx context.Context, call *operation.Call, in *wire.ConverseRequest) (*wire.ConverseResponse, error) {
	r, d, err := converseRequest(call, in)
	if err != nil {
		return nil, err
	}
	r.Applied = s.applied(call)
	log, err := s.entry(ctx, call, "Converse", r, in.RequestMetadata, func() []byte { return jsonOf(in) })
	if err != nil {
		return nil, err
	}
	result, err := s.Inference.Generate(ctx, r)
	if err != nil {
		err = modelFault(err, false)
		log.end(model.Usage{}, nil, err)
		return nil, err
	}
	message := &wire.Message{Role: new(wire.ConversationRoleAssistant), Content: contentOf(result.Content)}
	out := &wire.ConverseResponse{
		Output: &wire.ConverseOutput{Message: message}, StopReason: new(stopOf(result)), Usage: tokens(result.End.Usage),
		Metrics: &wire.ConverseMetrics{LatencyMs: new(result.Latency.Milliseconds())},
	}
	if t := trace(result.Report, d); t != nil {
		out.Trace = &wire.ConverseTrace{Guardrail: t}
	}
	log.end(result.End.Usage, func() []byte { return jsonOf(out) }, nil)
	return out, nil
}

func contentOf(blocks []model.Block) []wire.ContentBlock {
	out := []wire.ContentBlock{}
	for _, b := range blocks {
		if b.ToolUse != nil {
			out = append(out, wire.ContentBlock{ToolUse: &wire.ToolUseBlock{ToolUseId: &b.ToolUse.ID, Name: &b.ToolUse.Name, Input: b.ToolUse.Input}})
		} else {
			out = append(out, wire.ContentBlock{Text: &b.Text})
		}
	}
	return out
}

// stopOf says why an answer ended; model.StopReason has Converse's words.
func stopOf(r inference.Result) wire.StopReason {
	if r.Intervened {
		return wire.StopReasonGuardrailIntervened
	}
	return wire.StopReason(r.End.Stop)
}

func tokens(u model.Usage) *wire.TokenUsage {
	return &wire.TokenUsage{InputTokens: count(u.InputTokens), OutputTokens: count(u.OutputTokens), TotalTokens: count(u.InputTokens + u.OutputTokens)}
}
