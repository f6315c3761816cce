package gateway

import (
	"cmp"
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
	protocol := fallback
	if x.entry != nil {
		failure.Service = x.entry.front.schema
		protocol = failure.Service.Protocol
	}
	var refused *sigv4.Error
	if errors.As(err, &refused) {
		dialect := sigv4.JSON
		if x.entry != nil {
			dialect = x.entry.name.dialect
		}
		wire := refused.Reason.Wire(dialect)
		failure.Code, failure.Status, failure.Message = wire.Code, settle(protocol, wire.Status), refused.Message
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

// code gives the code of a fault, which is its own, the service's for the kind or that of the front, and its status: the modelled one or
// that of the front.
func code(e *entry, f *fault.Error) (string, int) {
	protocol, service := fallback, front{}
	if e != nil {
		protocol, service = e.front.schema.Protocol, *e.front
	}
	name, status := frontCode(protocol, f.Kind)
	name = cmp.Or(f.Code, service.codes[f.Kind], name)
	if modelled, ok := service.statuses[name]; ok {
		return name, modelled
	}
	switch {
	case name == "RequestTimeoutException":
		status = 408
	case name == "InternalServerException":
		status = 500
	case f.Kind == fault.NotFound:
		status = 404
	case f.Kind == fault.Conflict, f.Kind == fault.InUse, f.Kind == fault.OverQuota, f.Kind == fault.TooManyTags:
		status = 400
	}
	return name, settle(protocol, status)
}

// settle gives the status that a protocol has for a front's answer: the awsJson services answer 400 whatever the caller did wrong.
func settle(protocol string, status int) int {
	if protocol == "json" && status >= 400 && status < 500 {
		return 400
	}
	return status
}

// frontCode gives the code of the kinds of fault that the gateway itself makes, for services that do not say otherwise. Any other kind is
// an internal error. A size limit is a ValidationException because that is what Bedrock answers. The query services have the names of
// IAM's list of common errors.
func frontCode(protocol string, kind fault.Kind) (string, int) {
	query := protocol == "query" || protocol == "ec2"
	either := func(other, inQuery string) string {
		if query {
			return inQuery
		}
		return other
	}
	switch kind {
	case fault.Malformed:
		return either("SerializationException", "MalformedInput"), 400
	case fault.Invalid, fault.TooLarge:
		return either("ValidationException", "ValidationError"), 400
	case fault.Unknown:
		if query {
			return "InvalidAction", 400
		}
		return "UnknownOperationException", 404
	case fault.Denied, fault.Unauthorized:
		return either("AccessDeniedException", "AccessDenied"), 403
	case fault.Throttled:
		if query {
			return "Throttling", 400
		}
		return "ThrottlingException", 429
	case fault.Unavailable:
		return either("ServiceUnavailableException", "ServiceUnavailable"), 503
	default:
		return either("InternalServerException", "InternalFailure"), 500
	}
}
