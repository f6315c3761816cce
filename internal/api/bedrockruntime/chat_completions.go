package bedrockruntime

import (
	"context"
	"encoding/json"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/openaijson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// chatRequest is an InvokeModel whose body names the model and says whether to stream. Nothing of it is in the service's model.
type chatRequest struct {
	wire.InvokeModelRequest
	readable bool // the body is a JSON object with a model
	stream   bool
	usage    usagePlace
}

// Decode takes the headers and the body, and from the body what OpenAI's clients say there.
func (r *chatRequest) Decode(d codec.Decoder) {
	r.InvokeModelRequest.Decode(d)
	var said struct {
		Model         *string `json:"model"`
		Stream        bool    `json:"stream"`
		StreamOptions struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
	}
	err := json.Unmarshal(r.Body, &said)
	r.ModelId, r.stream, r.readable = said.Model, said.Stream, err == nil && said.Model != nil
	r.usage = usageNowhere
	if said.StreamOptions.IncludeUsage {
		r.usage = usageApart
	}
}

// chatName is the operation's, in records and metrics.
const chatName = "ChatCompletions"

// Chat gives OpenAI's chat completions on the path that Bedrock serves them on. A caller needs what InvokeModel needs, or
// InvokeModelWithResponseStream for a stream, and guardrails are asked for in the same headers.
func Chat(o Options) operation.Service {
	s := &service{o}
	schema := &codec.Operation{
		Name: chatName, Method: "POST", URI: "/openai/v1/chat/completions", Status: 200,
		NewInput: func() codec.Shape { return new(chatRequest) }, NewOutput: wire.InvokeModelWithResponseStream.NewOutput,
		Errors: wire.InvokeModelWithResponseStream.Errors,
	}
	return operation.Service{
		Schema: codec.NewService(codec.Service{
			Name: wire.Service.Name, SigningName: wire.Service.SigningName, APIVersion: wire.Service.APIVersion, Protocol: openaijson.Name,
			Exceptions: wire.Service.Exceptions,
		}, schema),
		Operations: []operation.Operation{{
			Schema:    schema,
			Audit:     operation.Management,
			Effect:    operation.Read,
			BodyLimit: maxInvokeBody,
			Precheck:  precheckChat,
			Requires: func(call *operation.Call, in codec.Shape) []operation.Requirement {
				action := actionInvoke
				if request, ok := in.(*chatRequest); ok && request.stream {
					action = actionStream
				}
				return s.requiresInvokeModel(action)(call, in)
			},
			Handle: func(ctx context.Context, call *operation.Call, in codec.Shape) (codec.Shape, error) {
				return s.chatCompletions(ctx, call, in.(*chatRequest))
			},
		}},
		Codes: codes,
	}
}

func precheckChat(in codec.Shape) error {
	if request, ok := in.(*chatRequest); ok && !request.readable {
		return fault.New(fault.Invalid, "The body is no JSON object that names a model.")
	}
	return precheckInvoke(in)
}

// chatCompletions answers in OpenAI's form, whatever form the model's own bodies have.
func (s *service) chatCompletions(ctx context.Context, call *operation.Call, in *chatRequest) (codec.Shape, error) {
	v, err := s.newNativeCall(ctx, call, &in.InvokeModelRequest, chat{model: *in.ModelId, created: call.Time, usage: in.usage})
	if err != nil {
		return nil, err
	}
	v.Applied = s.applied(call)
	if !in.stream {
		return s.invoke(ctx, call, chatName, v, &in.InvokeModelRequest)
	}
	log, err := s.entry(ctx, call, chatName, v.Request, metadataOf(in.RequestMetadata), func() []byte { return in.Body })
	if err != nil {
		return nil, err
	}
	return &operation.Stream{Shape: new(wire.InvokeModelWithResponseStreamResponse), Run: func(ctx context.Context, send func(codec.Shape) error) error {
		if err := s.invokeStream(ctx, v, log, send); err != nil {
			return err
		}
		return send(&wire.ResponseStream{Chunk: &wire.PayloadPart{Bytes: []byte("[DONE]")}})
	}}, nil
}
