// Package policy is the IAM policy language: it reads policy documents strictly, compiles each once, and decides requests with reasons.
//
// # From text to decision
//
//	text --Parse(kind)--> Document --Compile(id)--> Policy --NewSet(kind, ...)--> Set --+
//	                                                                                   |
//	Request{Principal, Action, Resource, ResourceAccount, Context} ---------------> Evaluate --> Decision{Effect, DeniedBy, Missing, Reasons}
//
// A Document is a text that obeys the grammar of its kind; a Policy is the same, ready to match, with the name that reasons
// give it; a Set is every policy of one kind that applies to one principal or resource, indexed by action. All three are
// immutable and safe for concurrent use, so callers cache them.
//
// # The order of evaluation
//
//	   any matching Deny in anything that was passed?  --yes-->  DENY, explicit
//	                         | no
//	   every level of service control policies allows? --no-->   DENY, DeniedBy ServiceControl
//	   every level of resource control policies allows?--no-->   DENY, DeniedBy ResourceControl
//	   the VPC endpoint's policy allows?                --no-->   DENY, DeniedBy Endpoint
//	                         | yes (or there is none)
//	   how well do resource policy and grants name the principal?
//	     direct  everyone, the user, the session, the service
//	     issuer  the role or user behind the session
//	     account the principal's account
//	     none
//	                         |
//	+--- same account -------+------- other account -------+---- no account ----+
//	| direct:  ALLOW                  any grade AND        | service, token of  |
//	| issuer:  boundary AND session   identity AND         | a provider, nobody:|
//	| account, none: identity AND     boundary AND         | direct: ALLOW      |
//	|   boundary AND session          session              |                    |
//	| key and trust policies:                              |                    |
//	|   none is always DENY                                |                    |
//	+------------------------------------------------------+--------------------+
//
// "identity", "boundary" and "session" read "allows, or (boundary and session) was not passed". The account's root needs no
// identity policy. The zero Decision is a denial, a Set of the wrong kind denies, and a resource whose owner is not stated
// counts as another account's.
//
// # Where AWS's text leaves a choice
//
//   - A policy variable without a value makes its value match nothing. Under a negated element (NotResource, StringNotEquals
//     and so on) that would read as "matches everything else", so there the element holds for a Deny and fails for an Allow.
//     A request value that cannot be read as the operator's type (an address, a number, a date) is treated alike.
//   - Without ForAllValues or ForAnyValue, a positive operator on several request values holds when one matches, a negated one
//     when none does.
//   - Text that comes from a variable, its default or an escape is literal: a "*" in a user name is never a wildcard.
//   - In Resource a wildcard spans ":" and "/"; in the Arn operators it stays inside one of the six parts.
//   - KMS grants are evaluated like a resource policy that names the grantee; see Grant.
package policy
