package gateway

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/sigv4"
)

// clientGone is the code, for the log and the metrics, of a call whose client did not wait for the answer.
const clientGone = "ClientClosedRequest"

// describe puts an error into the words of the service that is called. It is the one place where faults get their code and status. An
// error that is not a fault is an internal error; its text stays in the log.
func (g *Gateway) describe(x *exchange, err error) codec.Failure {
	failure := codec.Failure{RequestID: x.id}
	var refused *sigv4.Error
	if errors.As(err, &refused) {
		dialect := sigv4.JSON
		if x.entry != nil {
			dialect = x.entry.name.dialect
		}
		wire := refused.Reason.Wire(dialect)
		failure.Code, failure.Status, failure.Message = wire.Code, wire.Status, refused.Message
		return failure
	}
	var known *fault.Error
	if x.r.Context().Err() != nil && (!errors.As(err, &known) || errors.Is(err, context.Canceled)) {
		failure.Code, failure.Status, failure.Message = clientGone, 499, "client closed request"
		return failure
	}
	f := asFault(err)
	failure.Code, failure.Status = code(x.entry, f)
	failure.Message = f.Message
	if f.Kind == fault.TooManyTags && f.Resource != "" {
		failure.Members = map[string]string{"resourceName": f.Resource}
	}
	if failure.Status >= 500 && f.Kind != fault.Unavailable && f.Kind != fault.Timeout {
		failure.Message = "internal error, request id " + x.id
	}
	return failure
}

func asFault(err error) *fault.Error {
	var f *fault.Error
	if !errors.As(err, &f) && errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Timeout, "The request took too long to process.")
	}
	return fault.From(err)
}

// code gives the code of a fault and its status: its own code or the service's for the kind, else the one of the front.
func code(e *entry, f *fault.Error) (string, int) {
	name, status := frontCode(f.Kind)
	if e == nil {
		if f.Code != "" {
			name, status = f.Code, frontStatus(f.Code, status)
		}
		return name, status
	}
	if own := e.front.codes[f.Kind]; own != "" {
		name = own
	}
	if f.Code != "" {
		name = f.Code
	}
	if known, ok := e.front.statuses[name]; ok {
		return name, known
	}
	return name, frontStatus(name, status)
}

// frontCode gives the code of the kinds of fault that the gateway itself makes, for services that do not say otherwise. Any other kind is
// an internal error. A size limit is a ValidationException because that is what Bedrock answers.
func frontCode(kind fault.Kind) (string, int) {
	switch kind {
	case fault.Malformed:
		return "SerializationException", 400
	case fault.Invalid, fault.TooLarge:
		return "ValidationException", 400
	case fault.Unknown:
		return "UnknownOperationException", 404
	case fault.Denied, fault.Unauthorized:
		return "AccessDeniedException", 403
	case fault.Throttled:
		return "ThrottlingException", 429
	case fault.Unavailable:
		return "ServiceUnavailableException", 503
	default:
		return "InternalServerException", 500
	}
}

// frontStatus gives the status of a code that is in no service's table; otherwise is that of the fault's kind.
func frontStatus(code string, otherwise int) int {
	switch code {
	case "RequestTimeoutException":
		return 408
	case "SerializationException":
		return 400
	case "UnknownOperationException":
		return 404
	default:
		return otherwise
	}
}
