package iam

import (
	"time"

	"merlon.dev/merlon/internal/arn"
)

// Scope is the account that a call works in. Nothing is ever looked up without one.
type Scope struct {
	Partition string // "aws"
	Account   string // 12 digits
}

// ARN gives the IAM ARN of a resource such as "user/ann".
func (s Scope) ARN(resource string) string {
	return arn.ARN{Partition: s.Partition, Service: "iam", Account: s.Account, Resource: resource}.String()
}

// Kind tells users, roles and groups apart.
type Kind string

// The kinds of principals. The zero value is not one.
const (
	User  Kind = "user"
	Role  Kind = "role"
	Group Kind = "group"
)

// Principal is a user or a role, or a group of users: a group carries policies like they do, and nobody calls as one. Times are in UTC, to the
// microsecond.
type Principal struct {
	Account   string
	Kind      Kind
	ID        string // AIDA, AROA or AGPA and 17 characters; never reused
	Name      string // unique in the account among its kind, in any case
	Path      string // "/" or "/…/"
	CreatedAt time.Time
	Boundary  string // ARN of the managed policy that bounds it, or empty

	// The rest is for roles alone.
	Trust       string // the trust policy's text
	Description string
	MaxSession  time.Duration
	LastUsedAt  time.Time // zero where it never was
	LastRegion  string
}

// ARN gives the principal's ARN in a partition.
func (p Principal) ARN(partition string) string {
	return Scope{partition, p.Account}.ARN(string(p.Kind) + p.Path + p.Name)
}

// Tag is a key and value. Keys are the same in any case.
type Tag struct{ Key, Value string }

// Inline is a policy that is embedded in one principal.
type Inline struct{ Name, Document string }

// Policy is a managed policy without its documents.
type Policy struct {
	Account        string // the owner, or policy.AccountAWS for those that every account has
	ID             string // ANPA and 17 characters
	Name           string
	Path           string
	Description    string
	DefaultVersion int
	LastVersion    int // the highest number ever given out
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// ARN gives the policy's ARN in a partition.
func (p Policy) ARN(partition string) string {
	return Scope{partition, p.Account}.ARN("policy" + p.Path + p.Name)
}

// Version is one version of a managed policy.
type Version struct {
	Number    int
	Document  string
	CreatedAt time.Time
}

// Status says whether a credential may be used.
type Status string

// The states of a credential. The zero value is not one.
const (
	Active   Status = "Active"
	Inactive Status = "Inactive"
)

// AccessKey is a long-term access key without its secret.
type AccessKey struct {
	ID         string
	Account    string
	Owner      string // unique id of the user; empty for the account's root
	Status     Status
	CreatedAt  time.Time
	LastUsedAt time.Time // zero where it never was
	LastRegion string
	LastFor    string // the service
}

// ServiceCredential is a service-specific credential without its secret: a long-term API key of Amazon Bedrock.
type ServiceCredential struct {
	ID        string // ACCA and 17 characters
	Account   string
	Owner     string // unique id of the user
	Service   string // "bedrock.amazonaws.com"
	Alias     string // the public part of the key, unique
	Status    Status
	CreatedAt time.Time
	ExpiresAt time.Time // zero where it does not expire
}

// Account is an account that the store knows, beside those of the configuration.
type Account struct {
	ID        string // 12 digits
	Name      string
	CreatedAt time.Time
}
