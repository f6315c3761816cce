// Package cloudtrail serves the operations of AWS CloudTrail: trails, and what the audit journal knows.
//
// Trails are kept and select as at AWS; nothing is delivered before buckets are served, and GetTrailStatus says so. What AWS checks of a
// bucket, a topic, a log group or a key when a trail is made is not checked.
package cloudtrail

import (
	"context"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/lookup"
	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

// body is the largest request in bytes; event selectors hold up to 500 values of 2,048 characters.
const body = 2 << 20

// Events finds management events; see lookup.Index.
type Events interface {
	Lookup(ctx context.Context, q lookup.Query) (events []lookup.Event, next uint64, err error)
}

// Options are what the service works with; all are needed.
type Options struct {
	Trails *trail.Service
	Events Events
	Key    digest.PublicKey // that signs digests
	Pages  *pagination.Signer
	Now    func() time.Time
}

type service struct{ Options }

// New gives the operations of the service.
func New(o Options) operation.Service {
	s := service{o}
	return operation.Service{
		Schema: wire.Service,
		Operations: []operation.Operation{
			s.createTrail(), s.updateTrail(), s.deleteTrail(), s.getTrail(), s.describeTrails(), s.listTrails(), s.getTrailStatus(),
			s.startLogging(), s.stopLogging(), s.putEventSelectors(), s.getEventSelectors(),
			s.addTags(), s.removeTags(), s.listTags(),
			s.lookupEvents(), s.listPublicKeys(),
		},
		Codes: map[fault.Kind]string{
			fault.Invalid:     "InvalidParameterException",
			fault.Malformed:   "SerializationException",
			fault.TooLarge:    "InvalidParameterException",
			fault.NotFound:    "TrailNotFoundException",
			fault.Conflict:    "ConflictException",
			fault.OverQuota:   "MaximumNumberOfTrailsExceededException",
			fault.TooManyTags: "TagsLimitExceededException",
			fault.Denied:      "AccessDeniedException",
			fault.Throttled:   "ThrottlingException",
			fault.Unavailable: "ServiceUnavailable",
			fault.Timeout:     "ServiceUnavailable",
			fault.Internal:    "InternalFailure",
		},
	}
}

// define completes an operation that is authorised on what resource gives.
func define[In, Out codec.Shape](
	schema *codec.Operation, effect operation.Effect, resource func(*operation.Call, In) []string,
	handle func(context.Context, *operation.Call, In) (Out, error),
) operation.Operation {
	return operation.Operation{
		Schema: schema, Audit: operation.Management, Effect: effect, BodyLimit: body,
		Requires: func(call *operation.Call, in codec.Shape) []operation.Requirement {
			typed, ok := in.(In)
			if !ok {
				return nil // the gateway refuses a call that needs nothing
			}
			var needs []operation.Requirement
			for _, r := range resource(call, typed) {
				needs = append(needs, operation.Requirement{Action: "cloudtrail:" + schema.Name, Resource: r})
			}
			return needs
		},
		Handle: operation.Typed(handle),
	}
}

// everything is the resource of operations on no trail in particular.
func everything[In codec.Shape](*operation.Call, In) []string { return []string{"*"} }

// named gives the ARN of the trail that a name or ARN stands for.
func named(call *operation.Call, name *string) []string {
	if strings.HasPrefix(text(name), "arn:") {
		return []string{text(name)}
	}
	return []string{arn.ARN{Partition: call.Partition, Service: "cloudtrail", Region: call.Region, Account: call.Account, Resource: "trail/" + text(name)}.String()}
}

func scopeOf(call *operation.Call) trail.Scope {
	return trail.Scope{Partition: call.Partition, Account: call.Account, Region: call.Region}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// optional leaves out what is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func invalid(code, format string, args ...any) error {
	f := fault.New(fault.Invalid, format, args...)
	f.Code = code
	return f
}
