package guardrail

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// Shared gives the resource policy of the guardrail or guardrail profile that the ARN resource names, ready to be asked. Nil says that
// there is none, which includes that there is no such resource.
func (s *Service) Shared(ctx context.Context, scope Scope, resource string) (*policy.Set, error) {
	text, err := s.ResourcePolicy(ctx, scope, resource)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	document, err := policy.Parse(policy.Resource, text)
	if err != nil {
		// It was accepted once: whoever cannot read it now must not guess what it said.
		return nil, fault.Wrap(err, fault.Internal, "The resource policy of %s cannot be read.", resource)
	}
	return policy.NewSet(policy.Resource, document.Compile(resource))
}

// TagMap gives the tags of the guardrail that the ARN resource names, none where there is no such guardrail.
func (s *Service) TagMap(ctx context.Context, scope Scope, resource string) (map[string]string, error) {
	tags, err := s.Tags(ctx, scope, resource)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	named := make(map[string]string, len(tags))
	for _, tag := range tags {
		named[tag.Key] = tag.Value
	}
	return named, err
}

// KeyOf gives the ARN of the KMS key that a version of the guardrail that the ARN resource names is kept under. It is empty where that is
// the service's own and where there is no such version.
func (s *Service) KeyOf(ctx context.Context, scope Scope, resource string, version Version) (string, error) {
	summary, err := s.Summary(ctx, scope, resource, version)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return "", nil
	}
	return summary.KMSKeyARN, err
}
