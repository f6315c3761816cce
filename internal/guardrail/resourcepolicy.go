package guardrail

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// PutResourcePolicy attaches the policy document to the guardrail or guardrail profile that the ARN resource names, in place
// of the one that it may have. A resource that does not exist and a document that shares more than Bedrock lets it share are
// faults of kind Invalid.
//
// A statement may only Allow bedrock:ApplyGuardrail and, on a guardrail, bedrock:GetGuardrail, on exactly this resource. Its
// principals are account roots; or everyone, with a condition that keeps to an organization (aws:PrincipalOrgID) or a part of
// one (aws:PrincipalOrgPaths).
func (s *Service) PutResourcePolicy(ctx context.Context, scope Scope, resource, document string) error {
	target, err := parseShared(scope, resource)
	if err != nil {
		return fault.New(fault.Invalid, "The resourceArn provided in the request does not name a guardrail or guardrail profile of this account and Region.")
	}
	if err := checkDocument(target, document); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if target.id != "" {
			if err := exists(tx, scope, target.id); err != nil {
				if fault.Is(err, fault.NotFound) {
					// The model gives this operation no exception for a resource that is missing.
					return fault.New(fault.Invalid, "%s", fault.From(err).Message)
				}
				return err
			}
		}
		return tx.PutResourcePolicy(scope, target.arn, document)
	})
}

// ResourcePolicy gives the document that is attached to the resource, as it was put.
func (s *Service) ResourcePolicy(ctx context.Context, scope Scope, resource string) (string, error) {
	target, err := parseShared(scope, resource)
	if err != nil {
		return "", err
	}
	return view(ctx, s.store, func(tx Tx) (string, error) {
		document, err := tx.ResourcePolicy(scope, target.arn)
		return document, orNotFound(err, errPolicyNotFound())
	})
}

// DeleteResourcePolicy removes the document that is attached to the resource.
func (s *Service) DeleteResourcePolicy(ctx context.Context, scope Scope, resource string) error {
	target, err := parseShared(scope, resource)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		return orNotFound(tx.DeleteResourcePolicy(scope, target.arn), errPolicyNotFound())
	})
}

// shared is a resource that a policy can be attached to.
type shared struct {
	arn string
	id  string // of the guardrail; empty for a profile, which always exists
}

// actions gives the actions that a policy on the resource may allow.
func (s shared) actions() []string {
	if s.id == "" {
		return []string{"bedrock:ApplyGuardrail"}
	}
	return []string{"bedrock:ApplyGuardrail", "bedrock:GetGuardrail"}
}

func parseShared(scope Scope, resource string) (shared, error) {
	parsed, err := arn.Parse(resource)
	if err != nil || !scope.owns(parsed) {
		return shared{}, errPolicyNotFound()
	}
	if _, ok := parsed.ResourceID("guardrail-profile"); ok {
		_, err := resolveProfile(scope, resource)
		if err != nil {
			return shared{}, errPolicyNotFound()
		}
		return shared{arn: resource}, nil
	}
	id, err := ParseIdentifier(scope, resource)
	if err != nil {
		return shared{}, errPolicyNotFound()
	}
	return shared{arn: resource, id: id}, nil
}

func checkDocument(target shared, text string) error {
	document, err := policy.Parse(policy.Resource, text)
	if err != nil {
		// The parser's code is IAM's; Bedrock answers with its own for the kind.
		return fault.Wrap(err, fault.Invalid, "The resource policy is not valid: %s", fault.From(err).Message)
	}
	for _, statement := range document.Statements() {
		if why := statementFlaw(target, statement); why != "" {
			return fault.New(fault.Invalid, "The resource policy is not valid: statement %d %s.", statement.Index+1, why)
		}
	}
	return nil
}

// statementFlaw says what a statement has that a policy on the target must not have, or gives "".
func statementFlaw(target shared, s policy.Statement) string {
	switch {
	case s.Effect != policy.Allow:
		return "must have the Effect Allow"
	case s.Principal == nil:
		return "must name its Principal"
	case len(s.Actions) == 0:
		return "must name its Action"
	case len(s.Resources) == 0:
		return "must name its Resource"
	}
	for _, action := range s.Actions {
		if !slices.ContainsFunc(target.actions(), func(allowed string) bool { return strings.EqualFold(allowed, action) }) {
			return "may only allow " + strings.Join(target.actions(), " and ")
		}
	}
	for _, resource := range s.Resources {
		if resource != target.arn {
			return "must name this resource alone"
		}
	}
	if len(s.Principal.Service)+len(s.Principal.Federated)+len(s.Principal.CanonicalUser) > 0 {
		return "may only name AWS accounts as principals"
	}
	for _, principal := range s.Principal.AWS {
		if !accountRoot.MatchString(principal) {
			return "may only name the root of an account as principal"
		}
	}
	if s.Principal.Everyone && !slices.ContainsFunc(s.Conditions, keepsToOrganization) {
		return "must have a condition on aws:PrincipalOrgID or aws:PrincipalOrgPaths where its principal is everyone"
	}
	return ""
}

var (
	accountRoot      = regexp.MustCompile(`^([0-9]{12}|arn:aws(-[a-z-]+)?:iam::[0-9]{12}:root)$`)
	organization     = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	organizationPath = regexp.MustCompile(`^o-[a-z0-9]{10,32}/`)
)

// keepsToOrganization reports whether the condition can only hold for principals of the organizations that it names. Operators
// that also hold without the key (IfExists, ForAllValues, negated ones) do not count.
func keepsToOrganization(c policy.Condition) bool {
	operator := strings.ToLower(c.Operator)
	form := organization
	switch {
	case strings.EqualFold(c.Key, "aws:PrincipalOrgID"):
	case strings.EqualFold(c.Key, "aws:PrincipalOrgPaths"):
		form = organizationPath
		operator = strings.TrimPrefix(operator, "foranyvalue:")
	default:
		return false
	}
	if operator != "stringequals" && operator != "stringlike" {
		return false
	}
	for _, value := range c.Values {
		if !form.MatchString(value) {
			return false
		}
	}
	return len(c.Values) > 0
}

func errPolicyNotFound() error {
	return fault.New(fault.NotFound, "The specified resource policy could not be found.")
}
