package policy

// Kind says what a policy document is attached to, and so which elements it may have and what its Allow means.
type Kind string

// The closed list of kinds. The zero value is not a kind.
const (
	Identity        Kind = "identity"         // attached to a user or role
	Resource        Kind = "resource"         // attached to a resource such as a bucket or a guardrail
	Key             Kind = "key"              // a KMS key's policy: identity policies count only where it delegates to the account
	Trust           Kind = "trust"            // a role's trust policy: who may assume it
	Session         Kind = "session"          // passed to AssumeRole or GetFederationToken: limits that session
	Boundary        Kind = "boundary"         // permissions boundary of a user or role
	Endpoint        Kind = "endpoint"         // policy of a VPC endpoint
	ServiceControl  Kind = "service-control"  // what the principals of an account may do at most
	ResourceControl Kind = "resource-control" // what may be done at most to the resources of an account
)

// need says whether an element belongs in a kind of policy.
type need int

const (
	forbidden need = iota
	required
)

// grammar is what differs between the kinds.
type grammar struct {
	principal need
	resource  need
	// limit is the largest size in characters, without white space where spaceless says so. Sources: IAM and STS quotas, KMS
	// key policy quota, S3 bucket policy limit, VPC endpoint quota, AWS Organizations quotas.
	limit     int
	spaceless bool
	quota     string // AWS's name of the limit, for its message
	phrase    string // the words of AWS's access-denied messages
	// plainSid: statement ids are letters and digits only, as IAM wants; other services take any text.
	plainSid bool
	// modern: the version must be stated and be 2012-10-17.
	modern bool
}

// grammarOf gives the rules of k; ok is false for what is not a kind.
func grammarOf(k Kind) (g grammar, ok bool) {
	switch k {
	case Identity:
		// An inline policy of a role may take the role's whole quota of 10,240; the tighter limits of managed policies (6,144)
		// and users (2,048) are iam's, which knows what it attaches.
		return grammar{forbidden, required, 10240, true, "PolicySize", "an identity-based policy", true, false}, true
	case Boundary:
		return grammar{forbidden, required, 6144, true, "PolicySize", "a permissions boundary", true, false}, true
	case Session:
		return grammar{forbidden, required, 2048, false, "PackedPolicySize", "a session policy", true, false}, true
	case ServiceControl:
		return grammar{forbidden, required, 10240, false, "PolicySize", "a service control policy", true, true}, true
	case ResourceControl:
		return grammar{required, required, 5120, false, "PolicySize", "a resource control policy", true, true}, true
	case Resource:
		return grammar{required, required, 20480, false, "PolicySize", "a resource-based policy", false, false}, true
	case Key:
		return grammar{required, required, 32768, false, "PolicySize", "a resource-based policy", false, false}, true
	case Endpoint:
		return grammar{required, required, 20480, false, "PolicySize", "a VPC endpoint policy", false, false}, true
	case Trust:
		return grammar{required, forbidden, 2048, true, "ACLSizePerRole", "the role trust policy", true, false}, true
	default:
		return grammar{}, false
	}
}

// Valid reports whether k is one of the listed kinds.
func (k Kind) Valid() bool {
	_, ok := grammarOf(k)
	return ok
}

// Limit gives the largest size of a document of kind k in characters; white space is not counted for Identity, Boundary and Trust.
func (k Kind) Limit() int {
	g, _ := grammarOf(k)
	return g.limit
}

// servesAs reports whether a document read as k may be evaluated as role: managed policies also serve as boundaries and session policies.
func (k Kind) servesAs(role Kind) bool {
	if k == role {
		return k.Valid()
	}
	return k == Identity && (role == Boundary || role == Session)
}
