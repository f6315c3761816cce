package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) startLogging() operation.Operation {
	return define(wire.StartLogging, operation.Write,
		func(call *operation.Call, in *wire.StartLoggingRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.StartLoggingRequest) (*wire.StartLoggingResponse, error) {
			return &wire.StartLoggingResponse{}, s.Trails.Log(ctx, scopeOf(call), text(in.Name), true)
		})
}

func (s service) stopLogging() operation.Operation {
	return define(wire.StopLogging, operation.Write,
		func(call *operation.Call, in *wire.StopLoggingRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.StopLoggingRequest) (*wire.StopLoggingResponse, error) {
			return &wire.StopLoggingResponse{}, s.Trails.Log(ctx, scopeOf(call), text(in.Name), false)
		})
}

func (s service) deleteTrail() operation.Operation {
	return define(wire.DeleteTrail, operation.Write,
		func(call *operation.Call, in *wire.DeleteTrailRequest) []string { return named(call, in.Name) },
		func(ctx context.Context, call *operation.Call, in *wire.DeleteTrailRequest) (*wire.DeleteTrailResponse, error) {
			return &wire.DeleteTrailResponse{}, s.Trails.Delete(ctx, scopeOf(call), text(in.Name))
		})
}
