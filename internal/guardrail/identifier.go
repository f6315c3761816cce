package guardrail

import (
	"regexp"

	"merlon.dev/merlon/internal/arn"
)

var idForm = regexp.MustCompile(`^[a-z0-9]+$`)

// ParseIdentifier reads an identifier as callers give it, the id or the ARN of a guardrail, and gives the id.
//
// A guardrail of another account, Region or partition is answered like one that does not exist, so that nobody learns of
// other people's guardrails.
func ParseIdentifier(scope Scope, identifier string) (string, error) {
	if idForm.MatchString(identifier) {
		return identifier, nil
	}
	parsed, err := arn.Parse(identifier)
	if err != nil || !scope.owns(parsed) {
		return "", errGuardrailNotFound()
	}
	id, ok := parsed.ResourceID("guardrail")
	if !ok || !idForm.MatchString(id) {
		return "", errGuardrailNotFound()
	}
	return id, nil
}

// owns reports whether a names a Bedrock resource of the scope.
func (s Scope) owns(a arn.ARN) bool {
	return a.Service == "bedrock" && a.Partition == s.Partition && a.Region == s.Region && a.Account == s.Account
}
