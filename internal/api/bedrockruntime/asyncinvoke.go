package bedrockruntime

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// Asynchronous invocations are for models that make video, of which there is none here: starting one is refused in words that say so, and
// there are none to get or list.

func requiresStartAsync(call *operation.Call, in codec.Shape) []operation.Requirement {
	request, ok := in.(*wire.StartAsyncInvokeRequest)
	if !ok {
		return nil
	}
	return []operation.Requirement{{Action: actionInvoke, Resource: modelARN(call, request.ModelId)}}
}

func (s *service) startAsyncInvoke(context.Context, *operation.Call, *wire.StartAsyncInvokeRequest) (*wire.StartAsyncInvokeResponse, error) {
	return nil, fault.New(fault.Invalid, "The provided model doesn't support asynchronous invocation. Use InvokeModel or Converse.")
}

func requiresGetAsync(_ *operation.Call, in codec.Shape) []operation.Requirement {
	resource := "*"
	if request, ok := in.(*wire.GetAsyncInvokeRequest); ok && request.InvocationArn != nil {
		resource = *request.InvocationArn
	}
	return []operation.Requirement{{Action: "bedrock:GetAsyncInvoke", Resource: resource}}
}

func (s *service) getAsyncInvoke(context.Context, *operation.Call, *wire.GetAsyncInvokeRequest) (*wire.GetAsyncInvokeResponse, error) {
	return nil, fault.New(fault.Invalid, "The invocation ARN provided in the request does not exist.")
}

func requiresListAsync(*operation.Call, codec.Shape) []operation.Requirement {
	return []operation.Requirement{{Action: "bedrock:ListAsyncInvokes", Resource: "*"}}
}

func (s *service) listAsyncInvokes(context.Context, *operation.Call, *wire.ListAsyncInvokesRequest) (*wire.ListAsyncInvokesResponse, error) {
	return &wire.ListAsyncInvokesResponse{AsyncInvokeSummaries: []wire.AsyncInvokeSummary{}}, nil
}
