// Package codectest helps tests of wire protocols: shapes made from a model at run time, the AWS protocol vectors, and bad requests.
//
// BadInputs gives what a server must refuse, operation by operation. A protocol's client turns each into a request:
//
//	bad, err := codectest.BadInputs(bedrock.CreateGuardrail)
//	...
//	request, err := restjson.Client{}.EncodeRequest(bedrock.CreateGuardrail, bad[0].Value)
//
// A restJson service answers 400 to all: SerializationException where Malformed is set, else ValidationException with a message
// that ends in "at '" + Path + "' failed to satisfy constraint: " + Constraint. Both name Path.
package codectest
