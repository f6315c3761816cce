// Package authorize decides whether a proven caller may make a call: it brings the policies of caller, account and resource together
// with what is known about the call.
package authorize

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// Config is what an Authorizer works with. ServiceControl and Log may be empty.
type Config struct {
	Directory *directory.Directory
	Store     iam.Store
	Sealer    envelope.Sealer
	// ServiceControl holds the service control policies of accounts that have any, one Set for each level; every level has to allow.
	ServiceControl map[string][]*policy.Set
	Now            func() time.Time
	Log            *slog.Logger
}

// Authorizer decides. It is safe for concurrent use.
type Authorizer struct {
	config Config
	uses   *uses
}

// New makes an authorizer.
func New(c Config) *Authorizer {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Authorizer{config: c, uses: newUses(c.Store, c.Log)}
}

// Authorize gives nil where every requirement is allowed, and a fault of kind Denied in AWS's words where one is not. Any other error
// means that nothing was decided.
func (a *Authorizer) Authorize(ctx context.Context, call *operation.Call, requirements []operation.Requirement) error {
	a.uses.note(ctx, call, requirements)
	in, err := a.caller(ctx, call)
	if err != nil {
		return err
	}
	if call.Bearer != "" {
		// An API key is good for Amazon Bedrock alone, and only where its owner may use one.
		if err := a.one(ctx, call, in, &operation.Requirement{Action: "bedrock:CallWithBearerToken", Resource: "*"}); err != nil {
			return err
		}
	}
	for i := range requirements {
		if err := a.one(ctx, call, in, &requirements[i]); err != nil {
			return err
		}
	}
	return nil
}

// side is the caller's side of a decision.
type side struct {
	policy.Inputs
	principal *directory.Principal // nil for roots, services and nobody
}

// caller gathers the policies that govern the caller.
func (a *Authorizer) caller(ctx context.Context, call *operation.Call) (side, error) {
	var s side
	if call.PrincipalID != "" {
		p, err := a.config.Directory.Principal(ctx, call.PrincipalID)
		if errors.Is(err, directory.ErrUnknown) {
			// Gone since the call was authenticated.
			return s, fault.New(fault.Denied, "User: %s is not authorized: it does not exist any more", call.Principal)
		}
		if err != nil {
			return s, err
		}
		s.principal, s.Identity, s.Boundary = p, p.Identity, p.Boundary
	}
	// What governs an account governs its root as well, but no role that belongs to a service.
	if call.Kind != policy.Service && (s.principal == nil || !strings.HasPrefix(s.principal.Path, "/aws-service-role/")) {
		s.ServiceControl = a.config.ServiceControl[call.Account]
	}
	if session := call.Session; session != nil && (call.Kind == policy.FederatedUser || len(session.Policies)+len(session.PolicyARNs) > 0) {
		var err error
		s.Session, err = a.config.Directory.Limits(ctx, call.AccessKeyID, session.Policies, session.PolicyARNs)
		return s, err
	}
	return s, nil
}

// one decides one requirement.
func (a *Authorizer) one(ctx context.Context, call *operation.Call, caller side, r *operation.Requirement) error {
	if free(call, r.Action) {
		return nil
	}
	if err := closed(call, r); err != nil {
		return err
	}
	in := caller.Inputs
	req := policy.Request{Principal: principal(call), Action: r.Action, Resource: r.Resource, ResourceAccount: owner(call, r.Resource)}
	var resource operation.ResourceSide
	if r.Lookup != nil {
		var err error
		if resource, err = r.Lookup(ctx); err != nil {
			return err
		}
		in.Resource, in.Grants = resource.Policy, resource.Grants
		if resource.ARN != "" {
			req.Resource, req.ResourceAccount = resource.ARN, owner(call, resource.ARN)
		}
		if resource.Account != "" {
			req.ResourceAccount = resource.Account
		}
	}
	k := known{call: call, requirement: r, request: &req, principal: caller.principal, resource: &resource}
	if err := k.fill(ctx, &in); err != nil {
		return err
	}
	decision := policy.Evaluate(&in, &req)
	switch {
	case decision.Allowed(), !decision.Explicit && unconditional(r.Action):
		for i := range resource.Further {
			if err := a.one(ctx, call, caller, &resource.Further[i]); err != nil {
				return err
			}
		}
		return nil
	case r.Absent != nil && req.ResourceAccount != call.Account:
		return r.Absent
	default:
		return a.denial(ctx, call, &req, decision)
	}
}

// denial words a refusal.
func (a *Authorizer) denial(ctx context.Context, call *operation.Call, req *policy.Request, d policy.Decision) error {
	switch {
	case call.Kind == policy.Anonymous:
		return fault.New(fault.Denied, "Not authorized to perform %s", req.Action)
	case strings.HasPrefix(req.Action, "sts:") && req.Resource != "*":
		// A role that does not trust the caller, one of another account and one that does not exist are answered alike.
		return fault.New(fault.Denied, "User: %s is not authorized to perform: %s on resource: %s", req.Principal, req.Action, req.Resource)
	case strings.HasPrefix(req.Action, "ec2:"):
		encoded, err := sts.EncodeMessage(ctx, a.config.Sealer, call.UserID, req, d)
		if err != nil {
			return err
		}
		denied := fault.New(fault.Denied, "You are not authorized to perform this operation. %s. Encoded authorization failure message: %s", d.Message(req), encoded)
		denied.Code = "UnauthorizedOperation"
		return denied
	default:
		return fault.New(fault.Denied, "%s", d.Message(req))
	}
}

// free reports whether an action is nobody's to deny: telling callers who they are, and proving a web identity, whose token only the
// handler can verify.
func free(call *operation.Call, action string) bool {
	return action == "sts:GetCallerIdentity" || action == "sts:AssumeRoleWithWebIdentity" && call.Kind == policy.Anonymous
}

// unconditional reports whether an action needs no Allow, though a Deny counts. Source: STS API Reference, GetSessionToken.
func unconditional(action string) bool { return action == "sts:GetSessionToken" }

// closed refuses what temporary credentials of users are not good for, and API keys outside Amazon Bedrock. Source: IAM User Guide,
// "Compare AWS STS credentials".
func closed(call *operation.Call, r *operation.Requirement) error {
	service, _, _ := strings.Cut(r.Action, ":")
	temporary := call.Session != nil && !call.Session.MFA
	switch {
	case call.Bearer != "" && service != "bedrock":
	case temporary && call.Kind == policy.User && service == "iam" && r.Action != "iam:PassRole":
	case temporary && call.Kind == policy.User && service == "sts" && r.Action != "sts:AssumeRole" && r.Action != "sts:TagSession":
	case temporary && call.Kind == policy.FederatedUser && (service == "iam" && r.Action != "iam:PassRole" || service == "sts"):
	default:
		return nil
	}
	return fault.New(fault.Denied, "User: %s is not authorized to perform: %s on resource: %s with these credentials", call.Principal, r.Action, r.Resource)
}

// principal gives the caller in the words of policies.
func principal(call *operation.Call) policy.Principal {
	p := policy.Principal{Kind: call.Kind, Account: call.Account, ARN: call.Principal, Issuer: call.Issuer}
	if call.Kind == policy.Service {
		p.Account, p.ARN, p.Name = "", "", call.Principal
	}
	return p
}

// owner gives the account that a resource belongs to by its ARN: the caller's for actions without a resource, nobody's for what AWS
// provides to all, and the unknown one, which counts as another account, for what is no ARN.
func owner(call *operation.Call, resource string) string {
	if resource == "*" {
		return call.Account
	}
	parsed, err := arn.Parse(resource)
	switch {
	case err != nil:
		return ""
	case parsed.Account == "" || parsed.Account == "aws":
		return policy.AccountAWS
	default:
		return parsed.Account
	}
}
