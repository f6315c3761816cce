package policy

// PrincipalKind says what sort of caller makes a request. The zero value is Anonymous, which has the least rights.
type PrincipalKind int

// The kinds of principals.
const (
	Anonymous     PrincipalKind = iota // nobody: only policies for everyone apply
	Root                               // the root of an account
	User                               // an IAM user, also with credentials of GetSessionToken
	RoleSession                        // an assumed role
	FederatedUser                      // a session of GetFederationToken
	Service                            // an AWS service on its own behalf
	Provider                           // a token of a SAML or OpenID Connect provider, on its way to AssumeRoleWith...
)

// Principal is who makes a request.
type Principal struct {
	Kind    PrincipalKind
	Account string // 12 digits; empty for Anonymous, Service and Provider
	// ARN is that of the root, user, role session (arn:aws:sts::...:assumed-role/...) or federated user.
	ARN string
	// Issuer is the ARN of the role behind a RoleSession (with its path) or of the user behind a FederatedUser; else empty.
	Issuer string
	// Name is a Service's ("bedrock.amazonaws.com") or a Provider's name or ARN.
	Name string
	// CanonicalUser is the account's S3 canonical user id, where one is known.
	CanonicalUser string
}

// String gives the words for the principal in messages: its ARN, its name, or anonymous.
func (p Principal) String() string {
	switch {
	case p.ARN != "":
		return p.ARN
	case p.Name != "":
		return p.Name
	default:
		return "anonymous"
	}
}

// accountless reports whether no identity policy can exist for p: only policies and grants that name it decide.
func (p Principal) accountless() bool {
	return p.Kind == Anonymous || p.Kind == Service || p.Kind == Provider
}

// grade is how closely a policy names a principal. The zero value is not at all.
type grade int

const (
	unnamed     grade = iota
	byAccount         // its account is named: the account's own policies have to allow as well
	byIssuer          // the role or user behind the session is named: boundary and session policy still limit
	namedItself       // the principal itself, or everyone
)

type entryForm int

const (
	everyone entryForm = iota + 1
	account
	entity
	service
	provider
	canonicalUser
)

// principalEntry is one compiled value of Principal or NotPrincipal.
type principalEntry struct {
	form  entryForm
	value string
}

// names says how closely e names p.
func (e principalEntry) names(p *Principal) grade {
	switch e.form {
	case everyone:
		return namedItself
	case account, canonicalUser:
		known := p.Account
		if e.form == canonicalUser {
			known = p.CanonicalUser
		}
		switch {
		case known != e.value:
			return unnamed
		case p.Kind == Root:
			return namedItself
		default:
			return byAccount
		}
	case entity:
		switch {
		case p.Kind != User && p.Kind != RoleSession && p.Kind != FederatedUser:
			return unnamed
		case p.ARN == e.value:
			return namedItself
		case p.Issuer == e.value:
			return byIssuer
		default:
			return unnamed
		}
	case service:
		if p.Kind == Service && p.Name == e.value {
			return namedItself
		}
	case provider:
		if p.Kind == Provider && p.Name == e.value {
			return namedItself
		}
	}
	return unnamed
}

// closest gives the best grade of entries for p.
func closest(entries []principalEntry, p *Principal) grade {
	best := unnamed
	for _, e := range entries {
		best = max(best, e.names(p))
	}
	return best
}

// exempts reports whether a NotPrincipal of entries spares p. A caller is several principals at once, and each has to be
// listed: a user and its account; a session, what is behind it, and the account.
func exempts(entries []principalEntry, p *Principal) bool {
	var listed [namedItself + 1]bool
	for _, e := range entries {
		if e.form == everyone {
			return true
		}
		listed[e.names(p)] = true
	}
	switch p.Kind {
	case User:
		return listed[namedItself] && listed[byAccount]
	case RoleSession, FederatedUser:
		return listed[namedItself] && listed[byIssuer] && listed[byAccount]
	case Anonymous, Root, Service, Provider:
		return listed[namedItself]
	default:
		return false
	}
}
