package policy

import "slices"

// Decision is the answer to a request, with its reasons. The zero value is a denial.
type Decision struct {
	Effect Effect
	// Explicit tells a denial by a Deny statement from one by silence.
	Explicit bool
	// DeniedBy is the kind of policy that denied: the first with a Deny statement, or the first of Missing. Empty on Allow.
	DeniedBy Kind
	// Missing lists the kinds of policy that would have to allow and did not, in the order of evaluation. It is empty on Allow
	// and on explicit denials. Where either an identity policy or a resource policy would do, it lists Identity.
	Missing []Kind
	decided []deciding
}

// Reasons gives the statements and grants that decided: every matching Deny on an explicit denial, else every matching Allow. On a denial
// by silence these are the Allows that did not suffice.
func (d Decision) Reasons() []Reason {
	var reasons []Reason
	for i := range d.decided {
		reasons = d.decided[i].reasons(reasons)
	}
	return reasons
}

// deciding is a grant, or the statements of a Set that matched. Most decisions are made and never explained, so it is kept short.
type deciding struct {
	kind   Kind
	grant  string
	set    *Set // nil for a grant
	marked bitset
	effect Effect // which of those that are marked count
}

// reasons appends what d stands for.
func (d *deciding) reasons(to []Reason) []Reason {
	if d.set == nil {
		return append(to, Reason{Kind: d.kind, Grant: d.grant})
	}
	to = slices.Grow(to, d.marked.len())
	for i := range d.marked.each {
		if m := &d.set.entries[i]; m.source.Effect == d.effect {
			to = append(to, Reason{Kind: d.kind, Policy: m.policy.id, Statement: m.source})
		}
	}
	return to
}

// Allowed reports whether the request may go on.
func (d Decision) Allowed() bool { return d.Effect == Allow }

// Reason is one statement or grant that matched.
type Reason struct {
	Kind   Kind   // what the statement served as; Key for grants
	Policy string // the id given to Compile
	// Statement is the statement with its place in the text; nil for grants. It must not be changed.
	Statement *Statement
	Grant     string // the grant's id
}
