// Package guardrail is the guardrail domain: what a guardrail is, how its versions live, and what it decides about a text.
package guardrail

import (
	"regexp"
	"strconv"
	"time"

	"merlon.dev/merlon/internal/arn"
)

// Scope is the account and Region that a resource belongs to. Nothing is ever looked up without one.
type Scope struct {
	Partition string // "aws"
	Region    string // "us-east-1"
	Account   string // 12 digits
}

// ARN gives the ARN of the guardrail id in the scope. It carries no version.
func (s Scope) ARN(id string) string {
	return arn.ARN{Partition: s.Partition, Service: "bedrock", Region: s.Region, Account: s.Account, Resource: "guardrail/" + id}.String()
}

// Version is DRAFT, the zero value, or the number of an immutable version, from 1.
type Version int

// Draft is the mutable working copy that every guardrail has.
const Draft Version = 0

var versionForm = regexp.MustCompile(`^[1-9][0-9]{0,7}$`)

// ParseVersion reads "DRAFT" or a number of 1 to 8 digits without leading zero.
func ParseVersion(s string) (Version, bool) {
	if s == "DRAFT" {
		return Draft, true
	}
	if !versionForm.MatchString(s) {
		return Draft, false
	}
	n, err := strconv.Atoi(s)
	return Version(n), err == nil
}

// String gives the wire form.
func (v Version) String() string {
	if v == Draft {
		return "DRAFT"
	}
	return strconv.Itoa(int(v))
}

// Guardrail is one version of a guardrail: the draft or a snapshot of it.
type Guardrail struct {
	Scope
	Config
	ID        string // 12 lower-case letters and digits
	Version   Version
	CreatedAt time.Time // of the guardrail for the draft, of the snapshot for a numbered version
	UpdatedAt time.Time
	// Revision rises with every change of the draft and never repeats, so that compiled forms can be cached by it.
	Revision int64
	// LastVersion, on the draft, is the highest number ever given out; numbers are not reused after deletion.
	LastVersion Version
}

// ARN gives the guardrail's ARN.
func (g Guardrail) ARN() string { return g.Scope.ARN(g.ID) }
