package operation

import (
	"time"

	"merlon.dev/merlon/internal/policy"
)

// Facts are what policies and audit records need to know of a caller beyond its ARN. The zero value is somebody without rights.
type Facts struct {
	Kind policy.PrincipalKind
	// UserID is aws:userid: the unique id of a user, that of a role and the session name behind a colon, the account id of a root.
	UserID string
	// PrincipalID is the unique id of the user or role whose policies govern the caller; empty for a root.
	PrincipalID string
	// UserName is the name of a user; empty for everybody else.
	UserName string
	// Issuer is the ARN of the role behind a session or of the user behind a federated one; empty for everybody else.
	Issuer string
	// Session is what the caller's temporary credentials carry; nil for long-term ones.
	Session *Session
	// Bearer says which kind of API key the call came with; empty for a signature.
	Bearer BearerType
	// SourceAccount and SourceARN name what a service acts for; empty unless Kind is policy.Service.
	SourceAccount, SourceARN string
}

// BearerType is the kind of an API key, in the words of the condition key bedrock:BearerTokenType.
type BearerType string

// The kinds of API keys.
const (
	ShortTerm BearerType = "SHORT_TERM"
	LongTerm  BearerType = "LONG_TERM"
)

// Session is what temporary credentials carry. It is shared between calls and must not be changed.
type Session struct {
	Name           string // of a role session or federated user; empty for a user's own session
	IssuedAt       time.Time
	ExpiresAt      time.Time
	SourceIdentity string            // empty where none was set
	Provider       string            // the identity provider of a web identity, else empty
	Tags           map[string]string // session tags
	Transitive     []string          // keys of the tags that the next role session inherits
	// Policies are the texts, and PolicyARNs the managed policies, that limit the session; it is not limited where both are empty.
	Policies   []string
	PolicyARNs []string
	Chained    bool // made by another role session
	MFA        bool
}
