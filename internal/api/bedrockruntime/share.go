package bedrockruntime

import (
	"context"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// Shares tells what a guardrail itself says about who may use it.
type Shares interface {
	// Shared gives the resource policy of a guardrail, nil where it has none or does not exist.
	Shared(ctx context.Context, scope guardrail.Scope, resource string) (*policy.Set, error)
	// TagMap gives its tags.
	TagMap(ctx context.Context, scope guardrail.Scope, resource string) (map[string]string, error)
	// KeyOf gives the ARN of the KMS key that a version is kept under, empty for the service's own.
	KeyOf(ctx context.Context, scope guardrail.Scope, resource string, version guardrail.Version) (string, error)
}

// reference reads an identifier as an id of the caller's or as the ARN of a guardrail in the caller's Region, of whatever account. What
// is authorised and what is used both come from here, so that nobody uses what was not authorised.
func reference(scope guardrail.Scope, identifier string) (owner guardrail.Scope, id string, ok bool) {
	owner = scope
	if parsed, err := arn.Parse(identifier); err == nil {
		owner.Account = parsed.Account
	}
	id, err := guardrail.ParseIdentifier(owner, identifier)
	return owner, id, err == nil
}

// onGuardrail is the requirement to apply a version of the guardrail that an identifier names, and to use the key that it lies under. Another account's has to be shared with the caller, and
// is answered like one that does not exist where it is not. An identifier that cannot be one stands for all: the handler refuses it.
func (s *service) onGuardrail(call *operation.Call, identifier string, version guardrail.Version) operation.Requirement {
	scope := scopeOf(call)
	owner, id, ok := reference(scope, identifier)
	if !ok {
		return operation.Requirement{Action: "bedrock:ApplyGuardrail", Resource: scope.ARN("*")}
	}
	named := owner.ARN(id)
	needed := operation.Requirement{
		Action: "bedrock:ApplyGuardrail", Resource: named,
		Lookup: func(ctx context.Context) (operation.ResourceSide, error) {
			shared, err := s.Shares.Shared(ctx, owner, named)
			if err != nil {
				return operation.ResourceSide{}, err
			}
			side := operation.ResourceSide{Policy: shared, Tags: func(ctx context.Context) (map[string]string, error) {
				return s.Shares.TagMap(ctx, owner, named)
			}}
			key, err := s.Shares.KeyOf(ctx, owner, named, version)
			if key != "" {
				side.Further = s.KeyUse(call, key, "Decrypt")
			}
			return side, err
		},
	}
	if owner.Account != scope.Account {
		needed.Absent = errNoGuardrail()
	}
	return needed
}
