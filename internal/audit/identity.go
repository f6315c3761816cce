package audit

import (
	"strings"

	"merlon.dev/merlon/internal/arn"
)

// identity writes userIdentity. A foreign account learns which account called, and not who.
func (e *Event) identity(o *object, foreign bool) {
	o.open("userIdentity")
	defer o.close()
	i := &e.Identity
	parsed, err := arn.Parse(i.ARN)
	switch {
	case err != nil && i.ARN != "": // a service principal
		o.str("type", "AWSService")
		o.str("invokedBy", i.ARN)
		return
	case err != nil:
		o.str("type", "Unknown")
		return
	case foreign:
		o.str("type", "AWSAccount")
		o.str("principalId", e.principalID(parsed))
		o.str("accountId", parsed.Account)
		return
	}
	kind, name := principalKind(parsed)
	o.str("type", kind)
	o.some("principalId", e.principalID(parsed))
	o.str("arn", i.ARN)
	o.str("accountId", parsed.Account)
	o.some("accessKeyId", i.AccessKeyID)
	if kind == "IAMUser" {
		o.str("userName", name)
	}
	if i.Session != nil {
		i.Session.write(o)
	}
}

func (e *Event) principalID(principal arn.ARN) string {
	if e.Identity.PrincipalID == "" && principal.Resource == "root" {
		return principal.Account
	}
	return e.Identity.PrincipalID
}

// principalKind gives CloudTrail's word for a principal, and its name.
func principalKind(principal arn.ARN) (kind, name string) {
	what, path, _ := strings.Cut(principal.Resource, "/")
	name = path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case principal.Service == "iam" && what == "root":
		return "Root", ""
	case principal.Service == "iam" && what == "user":
		return "IAMUser", name
	case principal.Service == "iam" && what == "role":
		return "Role", name
	case principal.Service == "sts" && what == "assumed-role":
		return "AssumedRole", name
	case principal.Service == "sts" && what == "federated-user":
		return "FederatedUser", name
	default:
		return "Unknown", name
	}
}

func (s *Session) write(o *object) {
	o.open("sessionContext")
	if issuer, err := arn.Parse(s.IssuerARN); err == nil {
		kind, name := principalKind(issuer)
		o.open("sessionIssuer")
		o.str("type", kind)
		o.some("principalId", s.IssuerID)
		o.str("arn", s.IssuerARN)
		o.str("accountId", issuer.Account)
		o.some("userName", name)
		o.close()
	}
	o.some("sourceIdentity", s.SourceIdentity)
	o.open("attributes")
	o.time("creationDate", s.Created)
	// CloudTrail writes this boolean as a string.
	if s.MFA {
		o.str("mfaAuthenticated", "true")
	} else {
		o.str("mfaAuthenticated", "false")
	}
	o.close()
	o.close()
}
