// Package bedrock serves the control plane of Amazon Bedrock: it turns wire requests into calls of the domains and their answers back.
//
// Each operation has a file. Mapping is dull and total: what is not mapped is refused or listed in mapping_test.go.
package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/model/profile"
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
	keyUse     KeyUse
	profiles   *profile.Service
}

// KeyUse gives what a caller needs to have actions, "Decrypt" for instance, done with a KMS key on their behalf.
type KeyUse func(call *operation.Call, key string, actions ...string) []operation.Requirement

// New gives the operations of the service.
func New(guardrails *guardrail.Service, profiles *profile.Service, pages *pagination.Signer, keyUse KeyUse) operation.Service {
	s := service{guardrails: guardrails, pages: pages, keyUse: keyUse, profiles: profiles}
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
			s.createInferenceProfile(),
			s.getInferenceProfile(),
			s.listInferenceProfiles(),
			s.deleteInferenceProfile(),
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
func (s service) onGuardrail(call *operation.Call, action string, identifier *string) []operation.Requirement {
	named := text(identifier)
	if _, err := arn.Parse(named); err != nil {
		named = scopeOf(call).ARN(named)
	}
	return s.onResource(call, action, named)
}

// onTagged is onResource for everything that has tags.
func (s service) onTagged(call *operation.Call, action, resource string) []operation.Requirement {
	if profile.Taggable(resource) {
		return s.onProfile(call, action, resource)
	}
	return s.onResource(call, action, resource)
}

// onResource is the requirement of an action on the guardrail or guardrail profile that an ARN names, which has its say.
func (s service) onResource(call *operation.Call, action, resource string) []operation.Requirement {
	return []operation.Requirement{{
		Action: "bedrock:" + action, Resource: resource,
		Lookup: func(ctx context.Context) (operation.ResourceSide, error) {
			owner := ownerOf(call, resource)
			shared, err := s.guardrails.Shared(ctx, owner, resource)
			return operation.ResourceSide{Policy: shared, Tags: func(ctx context.Context) (map[string]string, error) {
				return s.guardrails.TagMap(ctx, owner, resource)
			}}, err
		},
	}}
}

// underKey adds to the requirement on a guardrail those of the KMS key that the version lies under.
func (s service) underKey(call *operation.Call, needed []operation.Requirement, version guardrail.Version, actions ...string) []operation.Requirement {
	r := &needed[0]
	resource, lookup := r.Resource, r.Lookup
	r.Lookup = func(ctx context.Context) (operation.ResourceSide, error) {
		side, err := lookup(ctx)
		if err != nil {
			return side, err
		}
		key, err := s.guardrails.KeyOf(ctx, ownerOf(call, resource), resource, version)
		if key != "" {
			side.Further = s.keyUse(call, key, actions...)
		}
		return side, err
	}
	return needed
}

// newKey gives the requirements on the key that a request names for a configuration to be kept under.
func (s service) newKey(call *operation.Call, key *string) []operation.Requirement {
	if key == nil {
		return nil
	}
	return s.keyUse(call, *key, "DescribeKey", "GenerateDataKey", "Decrypt")
}

// ownerOf gives the scope of a resource that may be shared with the caller: its own, where its ARN has the caller's Region.
func ownerOf(call *operation.Call, resource string) guardrail.Scope {
	scope := scopeOf(call)
	if parsed, err := arn.Parse(resource); err == nil && parsed.Partition == scope.Partition && parsed.Region == scope.Region && parsed.Account != "" {
		scope.Account = parsed.Account
	}
	return scope
}

// reach gives the scope to look a guardrail up in. The authorise phase has seen that its account shares it with the caller; another
// account's without a policy is out of reach whatever that phase said.
func (s service) reach(ctx context.Context, call *operation.Call, identifier string) (guardrail.Scope, error) {
	owner := ownerOf(call, identifier)
	if owner.Account == call.Account {
		return owner, nil
	}
	shared, err := s.guardrails.Shared(ctx, owner, identifier)
	if err != nil || shared == nil {
		return scopeOf(call), err
	}
	return owner, nil
}

// tagging gives the condition keys of a call that sets tags.
func tagging(tags []wire.Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+text(t.Key)] = []string{text(t.Value)}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], text(t.Key))
	}
	return keys
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
