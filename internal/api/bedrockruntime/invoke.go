package bedrockruntime

import (
	"context"
	"encoding/json"
	"mime"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// invokeOf gives the request of each operation with native bodies in one form.
func invokeOf(in codec.Shape) *wire.InvokeModelRequest {
	switch in := in.(type) {
	case *wire.InvokeModelRequest:
		return in
	case *wire.InvokeModelWithResponseStreamRequest:
		return &wire.InvokeModelRequest{
			Body: in.Body, ContentType: in.ContentType, Accept: in.Accept, ModelId: in.ModelId, Trace: in.Trace,
			GuardrailIdentifier: in.GuardrailIdentifier, GuardrailVersion: in.GuardrailVersion,
			PerformanceConfigLatency: in.PerformanceConfigLatency, ServiceTier: in.ServiceTier, RequestMetadata: in.RequestMetadata,
		}
	case *chatRequest:
		return &in.InvokeModelRequest
	default:
		return &wire.InvokeModelRequest{}
	}
}

// precheckInvoke refuses half a guardrail, and a guardrail on what says that it is no JSON. SDKs leave the type away or call it octets.
func precheckInvoke(in codec.Shape) error {
	request := invokeOf(in)
	if err := checkGuard(request.GuardrailIdentifier, request.GuardrailVersion); err != nil {
		return err
	}
	if request.GuardrailIdentifier == nil || request.ContentType == nil || *request.ContentType == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(*request.ContentType)
	if err != nil || media != "application/json" && media != "application/octet-stream" {
		return fault.New(fault.Invalid, "A guardrail needs a body of the content type application/json.")
	}
	return nil
}

func (s *service) requiresInvokeModel(action string) func(*operation.Call, codec.Shape) []operation.Requirement {
	return func(call *operation.Call, in codec.Shape) []operation.Requirement {
		request := invokeOf(in)
		return s.requiresInvoke(call, action, request.ModelId, request.GuardrailIdentifier, request.GuardrailVersion)
	}
}

// nativeCall is a call in a model's own form.
type nativeCall struct {
	inference.Request
	native native
	trace  detail
}

// newNativeCall reads a body in a form, which a nil leaves to the model.
func (s *service) newNativeCall(ctx context.Context, call *operation.Call, in *wire.InvokeModelRequest, form native) (v nativeCall, err error) {
	unreadable := malformedInput("the body is no JSON object")
	if in.GuardrailIdentifier != nil {
		unreadable = fault.New(fault.Invalid, "Guardrail was enabled but input is in incorrect format.")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(in.Body, &fields) != nil || fields == nil {
		return v, unreadable
	}
	guard, err := takeGuard(fields)
	if err != nil {
		return v, err
	}
	if guard != nil && in.GuardrailIdentifier == nil {
		return v, fault.New(fault.Invalid, "The body has %s, but the request names no guardrail in its headers.", guardField)
	}
	if v.native = form; form == nil {
		target, err := s.Inference.Find(ctx, scopeOf(call), *in.ModelId)
		if err != nil {
			return v, err
		}
		if v.native, err = nativeOf(target.ID, fields, call.Time); err != nil {
			return v, err
		}
	}
	body := in.Body
	if guard != nil {
		if body, err = json.Marshal(fields); err != nil {
			return v, err
		}
	}
	if v.Request.Request, err = v.native.read(body); err != nil {
		return v, err
	}
	v.Model, v.Scope, v.Principal, v.Native, v.trace = *in.ModelId, scopeOf(call), principalOf(call), true, detailOf(in.Trace)
	if guard != nil && guard.TagSuffix != nil {
		if err := applyTags(&v.Request.Request, *guard.TagSuffix); err != nil {
			return v, err
		}
	}
	v.Async = guard != nil && strings.EqualFold(guard.StreamProcessingMode, "ASYNCHRONOUS")
	v.Guardrail, err = guardKey(v.Scope, in.GuardrailIdentifier, in.GuardrailVersion)
	return v, err
}

func (v nativeCall) answer(r inference.Result) nativeAnswer {
	return nativeAnswer{model: model.ParseID(v.Model), content: r.Content, end: r.End, blocked: r.Blocked, latency: r.Latency}
}

// body gives the JSON of a native answer or chunk with what the guardrails did.
func (v nativeCall) body(native any, r inference.Result) ([]byte, error) {
	body, err := json.Marshal(native)
	if err != nil || r.Report == nil {
		return body, err
	}
	action := "NONE"
	if r.Intervened {
		action = "INTERVENED"
	}
	body = append(body[:len(body)-1], `,"amazon-bedrock-guardrailAction":"`+action+`"`...)
	if v.trace != noTrace {
		told, err := v.told(r)
		if err != nil {
			return nil, err
		}
		body = append(append(append(body, `,"amazon-bedrock-trace":{"guardrail":`...), told...), '}')
	}
	return append(body, '}'), nil
}

// told is the trace in InvokeModel's form, whose member names are not Converse's.
func (v nativeCall) told(r inference.Result) ([]byte, error) {
	encode := func(a wire.GuardrailAssessment) json.RawMessage {
		e := jsontext.NewEncoder(nil, codec.Epoch)
		e.Encode(&a)
		return e.Bytes()
	}
	input := map[string]json.RawMessage{}
	for id, a := range inputAssessments(r.Report, v.trace) {
		input[id] = encode(a)
	}
	out := map[string]any{"input": input, "actionReason": reasonOf(r.Report.Decision)}
	var outputs []any
	for _, j := range r.Report.Output {
		outputs = append(outputs, map[string]json.RawMessage{j.Guardrail.ID: encode(judged(j, v.trace))})
	}
	if outputs != nil {
		out["outputs"] = outputs
	}
	if len(r.Report.ModelOutput) > 0 {
		withheld := nativeAnswer{model: model.ParseID(v.Model), end: r.End}
		for _, text := range r.Report.ModelOutput {
			withheld.content = append(withheld.content, model.Block{Text: text})
		}
		native, err := json.Marshal(v.native.whole(withheld))
		if err != nil {
			return nil, err
		}
		out["modelOutput"] = []string{string(native)}
	}
	return json.Marshal(out)
}

// invokeModel answers a body in the model's own form.
func (s *service) invokeModel(ctx context.Context, call *operation.Call, in *wire.InvokeModelRequest) (*wire.InvokeModelResponse, error) {
	v, err := s.newNativeCall(ctx, call, in, nil)
	if err != nil {
		return nil, err
	}
	v.Applied = s.applied(call)
	return s.invoke(ctx, call, "InvokeModel", v, in)
}

func (s *service) invoke(ctx context.Context, call *operation.Call, name string, v nativeCall, in *wire.InvokeModelRequest) (*wire.InvokeModelResponse, error) {
	log, err := s.entry(ctx, call, name, v.Request, metadataOf(in.RequestMetadata), func() []byte { return in.Body })
	if err != nil {
		return nil, err
	}
	result, err := s.Inference.Generate(ctx, v.Request)
	if err != nil {
		err = modelFault(err, false)
		log.end(model.Usage{}, nil, err)
		return nil, err
	}
	body, err := v.body(v.native.whole(v.answer(result)), result)
	log.end(result.End.Usage, func() []byte { return body }, err)
	if err != nil {
		return nil, err
	}
	return &wire.InvokeModelResponse{Body: body, ContentType: new("application/json")}, nil
}

// invokeModelStream answers a body in the model's own form, chunk by chunk. What the guardrails did is told in the last one.
func (s *service) invokeModelStream(ctx context.Context, call *operation.Call, in *wire.InvokeModelWithResponseStreamRequest) (*operation.Stream, error) {
	v, err := s.newNativeCall(ctx, call, invokeOf(in), nil)
	if err != nil {
		return nil, err
	}
	v.Applied = s.applied(call)
	log, err := s.entry(ctx, call, "InvokeModelWithResponseStream", v.Request, metadataOf(in.RequestMetadata), func() []byte { return in.Body })
	if err != nil {
		return nil, err
	}
	head := &wire.InvokeModelWithResponseStreamResponse{ContentType: new("application/json")}
	return &operation.Stream{Shape: head, Run: func(ctx context.Context, send func(codec.Shape) error) error {
		return s.invokeStream(ctx, v, log, send)
	}}, nil
}

func (s *service) invokeStream(ctx context.Context, v nativeCall, log *entry, send func(codec.Shape) error) (err error) {
	send = log.watch(send)
	var result inference.Result
	defer func() { log.end(result.End.Usage, nil, err) }()
	begun := false
	chunk := func(body []byte) error {
		begun = true
		return send(&wire.ResponseStream{Chunk: &wire.PayloadPart{Bytes: body}})
	}
	native := v.native.stream()
	result, err = s.Inference.Stream(ctx, v.Request, func(d model.Delta) error {
		for _, c := range native.delta(d) {
			body, err := json.Marshal(c)
			if err != nil {
				return err
			}
			if err := chunk(body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return modelFault(err, begun)
	}
	last := native.last(v.answer(result))
	for i, c := range last {
		told := result
		if i < len(last)-1 {
			told.Report = nil
		}
		body, err := v.body(c, told)
		if err != nil {
			return err
		}
		if err := chunk(body); err != nil {
			return err
		}
	}
	return nil
}
