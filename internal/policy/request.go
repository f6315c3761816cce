package policy

// AccountAWS is the owner of resources that belong to no customer, such as foundation models: nobody's resource policy is
// asked, and every account counts as its own.
const AccountAWS = "aws"

// Request is one question: may the principal do the action on the resource?
type Request struct {
	Principal Principal
	Action    string // "bedrock:InvokeModel", in any case
	// Resource is an ARN, or "*" for actions without one.
	Resource string
	// ResourceAccount owns the resource: 12 digits, or AccountAWS. Empty counts as an account other than the principal's.
	ResourceAccount string
	Context         Context
}

// Inputs are the policies that apply to a request. What is passed is applied: whether an account is in an organization, or a
// principal's kind is free of service control policies, is for the caller to know.
type Inputs struct {
	// Identity holds the policies of the user, or of the role behind the session. nil allows nothing.
	Identity *Set
	// Boundary is the permissions boundary of that user or role; nil means that it has none.
	Boundary *Set
	// Session holds the policies that the session was made with, together; nil means none, that is no limit. A federated user has
	// only what its session policies pass on: give one without any an empty Set.
	Session *Set
	// ServiceControl holds the service control policies that govern the principal's account, one Set for each level from the
	// organization's root to the account. Every level has to allow. Empty means that the account is in no organization.
	ServiceControl []*Set
	// ResourceControl is the same for the resource's account.
	ResourceControl []*Set
	// Endpoint is the policy of the VPC endpoint that the request came through; nil means that it did not.
	Endpoint *Set
	// Resource is the policy of the resource, of kind Resource, Key or Trust; nil means that it carries none. Pass an empty
	// Set of kind Key or Trust for a key or role whose policy is empty: these two have to allow by themselves.
	Resource *Set
	// Grants are those of a KMS key that permit the action in this context.
	Grants []Grant
}

// Grant is a KMS grant as the evaluation sees it: a further source of Allow beside the key policy.
//
// The kms domain passes the grants that are neither retired nor revoked, list the requested operation and have constraints that
// the encryption context meets. Evaluate matches the grantee as if a key policy statement named it: a grant to a role is limited by
// the role's boundary and the session policy, a principal of another account needs its own identity policy as well.
type Grant struct {
	ID string
	// Grantee is an account, user, role, session or federated user as in Principal's AWS, or a service's name.
	Grantee string
}

// names says how closely the grant names p.
func (g Grant) names(p *Principal) grade {
	for _, kind := range []string{"AWS", "Service"} {
		if e, ok := parsePrincipal(kind, g.Grantee); ok && e.form != everyone {
			return e.names(p)
		}
	}
	return unnamed
}
