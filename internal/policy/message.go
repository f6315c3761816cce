package policy

import "strings"

// Message words a denial as AWS does, for example "User: ARN is not authorized to perform: bedrock:CreateGuardrail on resource:
// ARN because no identity-based policy allows the bedrock:CreateGuardrail action". It is for denials only, and is empty for Allow.
//
// Source of the forms: IAM User Guide, "Troubleshoot access denied error messages"; the ARN of the denying policy follows where it
// has one of its own.
func (d Decision) Message(req *Request) string {
	if d.Effect == Allow {
		return ""
	}
	var b strings.Builder
	b.WriteString("User: " + req.Principal.String() + " is not authorized to perform: " + req.Action)
	if req.Resource != "" {
		b.WriteString(" on resource: " + req.Resource)
	}
	if d.Explicit {
		g, _ := grammarOf(d.DeniedBy)
		b.WriteString(" with an explicit deny in " + g.phrase)
		if arn := d.denier(); arn != "" {
			b.WriteString(": " + arn)
		}
	} else if d.DeniedBy != "" {
		b.WriteString(" because no " + bare(d.DeniedBy) + " allows the " + req.Action + " action")
	}
	return b.String()
}

// bare gives the words for kind without article.
func bare(kind Kind) string {
	g, _ := grammarOf(kind)
	_, words, _ := strings.Cut(g.phrase, " ")
	return words
}

// denier gives the ARN of the first policy of DeniedBy that denied, where that policy is a thing with an ARN.
func (d Decision) denier() string {
	switch d.DeniedBy {
	case Identity, Boundary, Session, ServiceControl, ResourceControl:
	default:
		return ""
	}
	for _, r := range d.Reasons() {
		if r.Kind == d.DeniedBy && strings.HasPrefix(r.Policy, "arn:") {
			return r.Policy
		}
	}
	return ""
}
