package audit

import (
	"crypto/tls"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// Class says how a call is recorded, in CloudTrail's words.
type Class string

// The classes.
const (
	Management Class = "Management"
	Data       Class = "Data"
)

// Event is one call as its record tells it. It has no place for the content of requests and answers.
type Event struct {
	ID        string // UUID of the record
	RequestID string
	Time      time.Time
	Source    string // "bedrock.amazonaws.com"
	Name      string // "CreateGuardrail"
	Class     Class
	ReadOnly  bool
	Account   string // of the caller, 12 digits
	Region    string
	Identity  Identity
	SourceIP  string
	UserAgent string
	// Resources are the ARNs that the call is about.
	Resources []string
	// ErrorCode is the wire code of a failed call, empty for a successful one. Of its message what repeats a text of Input is left out,
	// and all of it where the input could not be read.
	ErrorCode    string
	ErrorMessage string
	Input        codec.Shape // nil where it was not read; nothing of it is recorded
	Unreadable   bool        // the input is malformed, and the message may quote any of it
	// Host is the name that the client called the server by; TLS is nil without TLS.
	Host string
	TLS  *tls.ConnectionState
}

// Identity is who called.
type Identity struct {
	ARN         string // of the user, role session or root; or a service principal such as "bedrock.amazonaws.com"
	AccessKeyID string
	// PrincipalID is the unique id, with ":session" for sessions; empty where it is not known, which leaves the account for the root.
	PrincipalID string
	// Session tells more of temporary credentials; nil for long-term ones.
	Session *Session
}

// Session is what is known of temporary credentials.
type Session struct {
	Created time.Time
	MFA     bool
	// IssuerARN and IssuerID name the role, or the user of a federated session.
	IssuerARN, IssuerID string
	SourceIdentity      string
}
