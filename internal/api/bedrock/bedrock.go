// Package bedrock serves the control plane of Amazon Bedrock: it turns wire requests into calls of the domains and their answers back.
//
// Each operation has a file. Mapping is dull and total: what is not mapped is refused or listed in mapping_test.go.
package bedrock

import (
	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// Largest request bodies in bytes. A guardrail may hold 10,000 words of 100 characters, and JSON may spell each character in
// six bytes.
const (
	guardrailBody = 8 << 20
	policyBody    = 256 << 10
	smallBody     = 256 << 10
)

// service holds what the operations work with.
type service struct {
	guardrails *guardrail.Service
	pages      *pagination.Signer
}

// New gives the operations of the service.
func New(guardrails *guardrail.Service, pages *pagination.Signer) operation.Service {
	s := service{guardrails: guardrails, pages: pages}
	return operation.Service{
		Schema: wire.Service,
		Operations: []operation.Operation{
			s.createGuardrail(),
			s.updateGuardrail(),
			s.createGuardrailVersion(),
			s.getGuardrail(),
			s.listGuardrails(),
			s.deleteGuardrail(),
			s.putEnforcedGuardrailConfiguration(),
			s.listEnforcedGuardrailsConfiguration(),
			s.deleteEnforcedGuardrailConfiguration(),
			s.tagResource(),
			s.untagResource(),
			s.listTagsForResource(),
			s.putResourcePolicy(),
			s.getResourcePolicy(),
			s.deleteResourcePolicy(),
		},
		Codes: map[fault.Kind]string{
			fault.Invalid:     "ValidationException",
			fault.Malformed:   "ValidationException",
			fault.TooLarge:    "ValidationException",
			fault.NotFound:    "ResourceNotFoundException",
			fault.Conflict:    "ConflictException",
			fault.InUse:       "ResourceInUseException",
			fault.OverQuota:   "ServiceQuotaExceededException",
			fault.TooManyTags: "TooManyTagsException",
			fault.Denied:      "AccessDeniedException",
			fault.Throttled:   "ThrottlingException",
			fault.Unavailable: "ServiceUnavailableException",
			fault.Timeout:     "ServiceUnavailableException",
			fault.Internal:    "InternalServerException",
		},
	}
}

// scopeOf gives the scope of the caller's resources.
func scopeOf(call *operation.Call) guardrail.Scope {
	return guardrail.Scope{Partition: call.Partition, Region: call.Region, Account: call.Account}
}

// on is the requirement of one action on one resource.
func on(action, resource string) []operation.Requirement {
	return []operation.Requirement{{Action: "bedrock:" + action, Resource: resource}}
}

// onGuardrail is the requirement of an action on the guardrail that an identifier names. What is no ARN is taken for an id: the
// handler finds out whether it exists.
func onGuardrail(call *operation.Call, action string, identifier *string) []operation.Requirement {
	named := text(identifier)
	if _, err := arn.Parse(named); err != nil {
		named = scopeOf(call).ARN(named)
	}
	return on(action, named)
}

// anyGuardrail is the resource of actions on guardrails that do not exist yet and on all of them.
func anyGuardrail(call *operation.Call) string { return scopeOf(call).ARN("*") }

// requires adapts a function of a concrete input to Operation.Requires.
func requires[In codec.Shape](f func(*operation.Call, In) []operation.Requirement) func(*operation.Call, codec.Shape) []operation.Requirement {
	return func(call *operation.Call, in codec.Shape) []operation.Requirement { return f(call, in.(In)) }
}

// text gives the string, or "" where it is absent: every optional string of the service has at least one character.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// optional gives nil for an empty value.
func optional[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}
