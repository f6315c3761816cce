package sts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// AssumeInput asks for a role session.
type AssumeInput struct {
	RoleARN        string
	SessionName    string
	Duration       time.Duration // 0 for one hour
	SourceIdentity string
	Scope
}

// AssumeRole makes a role session for a caller whom the role's trust policy allows: the authorise phase has asked it.
func (s *Service) AssumeRole(ctx context.Context, caller *operation.Caller, in AssumeInput) (Session, error) {
	if caller.Kind == policy.Root {
		return Session{}, &fault.Error{Kind: fault.Denied, Message: "Roles may not be assumed by root accounts."}
	}
	c := Claims{SourceIdentity: in.SourceIdentity}
	var inherited map[string]string
	var keys []string
	if session := caller.Session; session != nil {
		inherited, keys = session.Tags, session.Transitive
		c.Chained = caller.Kind == policy.RoleSession
		if session.SourceIdentity != "" {
			if c.SourceIdentity != "" && c.SourceIdentity != session.SourceIdentity {
				return Session{}, denied(caller.Principal, "sts:SetSourceIdentity", in.RoleARN)
			}
			c.SourceIdentity = session.SourceIdentity
		}
	}
	if err := tag(&c, in.Scope, inherited, keys); err != nil {
		return Session{}, err
	}
	return s.assume(ctx, c, in, caller.Principal, "sts:AssumeRole")
}

// assume makes the session that in asks for, on top of what claims say already.
func (s *Service) assume(ctx context.Context, c Claims, in AssumeInput, who, action string) (Session, error) {
	role, err := s.role(ctx, in.RoleARN)
	if errors.Is(err, directory.ErrUnknown) {
		return Session{}, denied(who, action, in.RoleARN)
	}
	if err != nil {
		return Session{}, err
	}
	lasting, err := duration(in.Duration, role.MaxSession, c.Chained)
	if err != nil {
		return Session{}, err
	}
	parsed, err := arn.Parse(in.RoleARN)
	if err != nil {
		return Session{}, err
	}
	c.Kind, c.Partition, c.Account, c.PrincipalID, c.Name = policy.RoleSession, parsed.Partition, role.Account, role.ID, in.SessionName
	if err := s.limit(ctx, &c, in.Scope); err != nil {
		return Session{}, err
	}
	made, err := s.issue(ctx, c, lasting)
	made.ARN = SessionARN(c.Partition, role.Account, role.Name, in.SessionName)
	made.ID = role.ID + ":" + in.SessionName
	return made, err
}

// role finds the role that an ARN names: all of the ARN has to be right.
func (s *Service) role(ctx context.Context, roleARN string) (*directory.Principal, error) {
	account, name, err := ParseRole(roleARN)
	if err != nil {
		return nil, err
	}
	role, err := s.directory.Role(ctx, account, name)
	if err != nil {
		return nil, err
	}
	parsed, err := arn.Parse(roleARN)
	if err != nil || role.ARN(parsed.Partition) != roleARN {
		return nil, directory.ErrUnknown
	}
	return role, nil
}

// duration checks how long a session is to last.
func duration(wanted, most time.Duration, chained bool) (time.Duration, error) {
	if wanted == 0 {
		return min(time.Hour, most), nil
	}
	if chained && wanted > chainedMost {
		return 0, fault.New(fault.Invalid, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
	}
	if wanted > most {
		return 0, fault.New(fault.Invalid, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	if wanted < minDuration {
		return 0, fault.New(fault.Invalid, "The requested DurationSeconds is below the minimum of 900.")
	}
	return wanted, nil
}

// longestEcho is how many bytes of a text of the caller's a message repeats.
const longestEcho = 128

// errInvalid says that a text of the caller's names nothing. AWS repeats it as it came; here that goes for short plain text alone, and
// anything else is quoted and cut.
func errInvalid(text string) error {
	plain := len(text) <= longestEcho && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
	if !plain {
		text = fmt.Sprintf("%+.*q", longestEcho, text)
	}
	return fault.New(fault.Invalid, "%s is invalid", text)
}

// ParseRole gives the account and the name in a role's ARN. What is no ARN of a role is a fault of kind Invalid in AWS's words, except
// that an ARN of something else is answered like a role that does not exist.
func ParseRole(roleARN string) (account, name string, err error) {
	parsed, err := arn.Parse(roleARN)
	if err != nil || parsed.Service == "" {
		return "", "", errInvalid(roleARN)
	}
	path, ok := parsed.ResourceID("role")
	if parsed.Service != "iam" || !ok || parsed.Account == "" {
		return "", "", directory.ErrUnknown
	}
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			path = path[i+1:]
			break
		}
	}
	return parsed.Account, path, nil
}

// SessionARN gives the ARN of a role session; the role's path is not in it.
func SessionARN(partition, account, role, session string) string {
	return arn.ARN{Partition: partition, Service: "sts", Account: account, Resource: "assumed-role/" + role + "/" + session}.String()
}

// denied words a refusal that does not tell whether the role exists.
func denied(who, action, resource string) error {
	if who == "" {
		return fault.New(fault.Denied, "Not authorized to perform %s", action)
	}
	return fault.New(fault.Denied, "User: %s is not authorized to perform: %s on resource: %s", who, action, resource)
}

// ServiceInput asks for a role session of a service that acts for somebody.
type ServiceInput struct {
	AssumeInput
	Service       string // "bedrock.amazonaws.com"
	SourceAccount string // the account that the service acts for
	SourceARN     string // the resource that it acts for, such as a job
}

// AssumeForService makes a role session for a service. Only the trust policy decides, with aws:SourceAccount and aws:SourceArn in its
// hands: a service never uses a role on behalf of somebody whom the role's owner does not mean.
func (s *Service) AssumeForService(ctx context.Context, in ServiceInput) (Session, error) {
	role, err := s.role(ctx, in.RoleARN)
	if errors.Is(err, directory.ErrUnknown) {
		return Session{}, denied(in.Service, "sts:AssumeRole", in.RoleARN)
	}
	if err != nil {
		return Session{}, err
	}
	req := policy.Request{
		Principal: policy.Principal{Kind: policy.Service, Name: in.Service},
		Action:    "sts:AssumeRole", Resource: in.RoleARN, ResourceAccount: role.Account,
	}
	req.Context.Set("aws:SourceAccount", in.SourceAccount)
	req.Context.Set("aws:SourceArn", in.SourceARN)
	req.Context.Set("aws:PrincipalIsAWSService", "true")
	req.Context.Set("aws:PrincipalServiceName", in.Service)
	req.Context.Set("sts:RoleSessionName", in.SessionName)
	if !policy.Evaluate(&policy.Inputs{Resource: role.Trust}, &req).Allowed() {
		return Session{}, denied(in.Service, "sts:AssumeRole", in.RoleARN)
	}
	return s.assume(ctx, Claims{}, in.AssumeInput, in.Service, "sts:AssumeRole")
}
