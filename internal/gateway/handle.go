package gateway

import "context"

// handle runs the operation, within its time.
func (g *Gateway) handle(x *exchange) (err error) {
	ctx, cancel := context.WithTimeout(x.r.Context(), g.config.Limits.HandleTime)
	defer cancel()
	x.out, err = x.entry.operation.Handle(ctx, x.call, x.in)
	return err
}
