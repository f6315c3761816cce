package gateway

import "merlon.dev/merlon/internal/codec"

// decode reads the input from path, query, headers and body.
func (g *Gateway) decode(x *exchange) error {
	x.in = x.entry.schema.NewInput()
	return x.entry.front.protocol.DecodeRequest(x.entry.schema, x.r, x.labels, x.body, x.in)
}

// check holds the input against what the operation itself refuses, then against the constraints of the model.
func (g *Gateway) check(x *exchange) error {
	if precheck := x.entry.operation.Precheck; precheck != nil {
		if err := precheck(x.in); err != nil {
			return err
		}
	}
	return codec.Check(x.in)
}
