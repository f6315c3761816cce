package policy

// Effect is what a statement does and what a decision is. The zero value is Deny.
type Effect int

// The effects.
const (
	Deny Effect = iota
	Allow
)

// String gives the word of the policy language: Allow or Deny.
func (e Effect) String() string {
	if e == Allow {
		return "Allow"
	}
	return "Deny"
}

// The versions of the policy language. Variables exist in the later one only; a document without version has the older one.
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// Document is a policy text that Parse has accepted. It is immutable; only Parse makes one that holds statements.
type Document struct {
	kind       Kind
	version    string
	id         string
	statements []Statement
	compiled   []statement
}

// Kind gives the kind that the document was read as.
func (d *Document) Kind() Kind { return d.kind }

// Version gives the version of the policy language: Version2008 or Version2012.
func (d *Document) Version() string { return d.version }

// ID gives the Id element, or "".
func (d *Document) ID() string { return d.id }

// Statements gives the statements in the order of the text, for services with rules of their own. Callers must not change them.
func (d *Document) Statements() []Statement { return d.statements }

// Statement is one statement as written: of Actions and NotActions exactly one is set, likewise of the other pairs where the
// kind of the document has them.
type Statement struct {
	// Index counts the statements of the document from 0.
	Index        int
	Sid          string
	Effect       Effect
	Principal    *Principals
	NotPrincipal *Principals
	Actions      []string
	NotActions   []string
	Resources    []string
	NotResources []string
	Conditions   []Condition
	// Start and End delimit the statement in the text; End is just past its closing brace.
	Start, End Position
}

// Principals is a Principal or NotPrincipal element.
type Principals struct {
	Everyone      bool     // "*", or "*" under AWS
	AWS           []string // account ids; ARNs of account roots, users, roles, role sessions and federated users
	Service       []string // "bedrock.amazonaws.com"
	Federated     []string // SAML and OpenID Connect providers
	CanonicalUser []string // S3 canonical user ids
}

// Condition is one key of one operator of a Condition element.
type Condition struct {
	Operator string // as written, with qualifier and IfExists: "ForAnyValue:StringLikeIfExists"
	Key      string // as written; names of keys are the same in any case
	Values   []string
	At       Position
}
