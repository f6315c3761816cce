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
	name, _ := frontCode(f.Kind)
	if e != nil && e.front.codes[f.Kind] != "" {
		name = e.front.codes[f.Kind]
	}
	if f.Code != "" {
		name = f.Code
	}
	if e != nil {
		if status, ok := e.front.statuses[name]; ok {
			return name, status
		}
	}
	return name, frontStatus(name, f.Kind)
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

// frontStatus gives the status of a code that is in no service's table: that of the gateway's own codes, else the one that most services
// give such a fault.
func frontStatus(code string, kind fault.Kind) int {
	switch code {
	case "RequestTimeoutException":
		return 408
	case "InternalServerException":
		return 500
	}
	switch kind {
	case fault.NotFound:
		return 404
	case fault.Conflict, fault.InUse, fault.OverQuota, fault.TooManyTags:
		return 400
	default:
		_, status := frontCode(kind)
		return status
	}
}
