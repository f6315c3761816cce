package bedrockruntime

import (
	"context"
	"encoding/json"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

func (s *service) requiresCount(call *operation.Call, in codec.Shape) []operation.Requirement {
	request, ok := in.(*wire.CountTokensRequest)
	if !ok {
		return nil
	}
	return s.onModel(call, "bedrock:CountTokens", request.ModelId)
}

// countTokens answers how many tokens a body or a conversation would cost as input. No guardrail looks at it.
func (s *service) countTokens(ctx context.Context, call *operation.Call, in *wire.CountTokensRequest) (*wire.CountTokensResponse, error) {
	r, err := s.counted(ctx, call, in)
	if err != nil {
		return nil, err
	}
	r.Model = *in.ModelId
	n, err := s.Inference.CountTokens(ctx, scopeOf(call), r)
	if err != nil {
		return nil, modelFault(err, false)
	}
	return &wire.CountTokensResponse{InputTokens: count(n)}, nil
}

func (s *service) counted(ctx context.Context, call *operation.Call, in *wire.CountTokensRequest) (model.Request, error) {
	if c := in.Input.Converse; c != nil {
		return conversation(&wire.ConverseRequest{
			ModelId: in.ModelId, Messages: c.Messages, System: c.System, ToolConfig: c.ToolConfig, AdditionalModelRequestFields: c.AdditionalModelRequestFields,
		})
	}
	body := in.Input.InvokeModel.Body
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return model.Request{}, malformedInput("the body is no JSON object")
	}
	target, err := s.Inference.Find(ctx, scopeOf(call), *in.ModelId)
	if err != nil {
		return model.Request{}, err
	}
	form, err := nativeOf(target.ID, fields, time.Time{})
	if err != nil {
		return model.Request{}, err
	}
	return form.read(body)
}
