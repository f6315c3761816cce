package gateway

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/operation"
)

// Authorizer decides whether a proven caller may make a call. A call without a principal came without a signature, to an operation that
// needs none. It is called concurrently.
type Authorizer interface {
	// Authorize gives nil where every requirement is allowed, and a fault of kind Denied in AWS's words where one is not. Any other
	// error means that nothing was decided; the call fails.
	Authorize(ctx context.Context, call *operation.Call, requirements []operation.Requirement) error
}

// authorise asks the operation what the caller needs and the authorizer whether they have it.
func (g *Gateway) authorise(x *exchange) error {
	x.requirements = x.entry.operation.Requires(x.call, x.in)
	if len(x.requirements) == 0 {
		return errors.New("the operation names nothing to authorise")
	}
	return g.config.Authorizer.Authorize(x.r.Context(), x.call, x.requirements)
}
