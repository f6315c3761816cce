// Package operation describes the API calls that Merlon serves, so that the gateway can route, authorise and record each without knowing it.
package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// AuditClass says how a call is recorded, in CloudTrail's words.
type AuditClass string

// The audit classes. The zero value is invalid: an operation must choose.
const (
	Management AuditClass = "management" // control-plane calls, always recorded
	Data       AuditClass = "data"       // calls on content, recorded where a trail selects them
)

// Effect says whether a call may change stored state.
type Effect string

// The effects. The zero value is invalid: an operation must choose.
const (
	Read  Effect = "read"
	Write Effect = "write"
)

// Caller is who makes a call, as established by the authenticate phase.
type Caller struct {
	Account     string // 12 digits
	Partition   string // "aws"
	Region      string // from the credential scope
	Principal   string // ARN of the user, role session or root
	AccessKeyID string // empty for an API key
	Facts
}

// Call is one call in flight. It is immutable once the handler runs.
type Call struct {
	Caller
	RequestID string    // UUID, also in x-amzn-RequestId
	Time      time.Time // when the request arrived
	SourceIP  string
	UserAgent string
	Secure    bool   // came over TLS
	Endpoint  string // id of the VPC endpoint that it came through, else empty
}

// Requirement is one thing that a caller must be allowed to do: an IAM action on a resource.
type Requirement struct {
	Action   string // "bedrock:CreateGuardrail"
	Resource string // ARN, which may end in "*" where the resource does not exist yet
	// Context holds the condition keys of this call, such as "bedrock:GuardrailIdentifier" or "aws:RequestTag/team". Those that every
	// call has are added by the authorise phase.
	Context map[string][]string
	// Lookup asks the resource's side: its policy, its grants, its tags. Nil stands for a resource that has none of these.
	Lookup func(ctx context.Context) (ResourceSide, error)
	// Absent, where it is set, is answered in place of a denial on a resource of another account: what the operation says of a resource
	// that does not exist.
	Absent error
}

// ResourceSide is what a resource itself contributes to a decision about it. It is shared and must not be changed.
type ResourceSide struct {
	// ARN replaces the requirement's Resource where that was made without knowing all of it. Empty leaves it.
	ARN string
	// Account owns the resource. Empty for what its ARN says.
	Account string
	// Policy is of kind policy.Resource, policy.Key or policy.Trust; nil where the resource has none.
	Policy *policy.Set
	Grants []policy.Grant
	// Tags gives the resource's tags when a policy asks for them; nil where it has none.
	Tags func(ctx context.Context) (map[string]string, error)
	// Further is what the caller needs beside the requirement itself, for instance of the key that the resource lies under.
	Further []Requirement
}

// Operation is one API call: how it looks on the wire, what it asks of its caller, how it is recorded and what it does.
type Operation struct {
	Schema *codec.Operation
	Audit  AuditClass
	Effect Effect
	// BodyLimit is the largest request body in bytes.
	BodyLimit int64
	// Unsigned serves requests without a signature: what the input holds proves the caller, and Handle has to verify it.
	Unsigned bool
	// Precheck refuses inputs in words of the service's own before the constraints of the model are checked; members may still be
	// missing. Nil refuses nothing.
	Precheck func(in codec.Shape) error
	// Requires names every action and resource that the caller needs for this input; at least one.
	Requires func(call *Call, in codec.Shape) []Requirement
	// Handle does the work. in is of the schema's input type; the answer is of its output type. in may share memory with the request's
	// body, which is used again once Handle has returned and its answer is encoded: what outlives the call must be copied.
	Handle func(ctx context.Context, call *Call, in codec.Shape) (codec.Shape, error)
}

// Service is a set of operations that share a wire protocol and a table of exceptions.
type Service struct {
	Schema     *codec.Service
	Operations []Operation
	// Codes gives the service's exception for each fault kind. Kinds that are missing are answered as the protocol's internal error.
	Codes map[fault.Kind]string
}

// Check reports the first incomplete operation, so that a server with an operation that nobody authorises or records never starts.
func (s Service) Check() error {
	if s.Schema == nil {
		return errors.New("service without schema")
	}
	for _, op := range s.Operations {
		switch {
		case op.Schema == nil:
			return fmt.Errorf("service %s: operation without schema", s.Schema.Name)
		case op.Audit != Management && op.Audit != Data:
			return fmt.Errorf("operation %s: no audit class", op.Schema.Name)
		case op.Effect != Read && op.Effect != Write:
			return fmt.Errorf("operation %s: no effect", op.Schema.Name)
		case op.BodyLimit <= 0:
			return fmt.Errorf("operation %s: no body limit", op.Schema.Name)
		case op.Requires == nil:
			return fmt.Errorf("operation %s: no action and resource to authorise", op.Schema.Name)
		case op.Handle == nil:
			return fmt.Errorf("operation %s: no handler", op.Schema.Name)
		}
	}
	return nil
}

// Typed adapts a handler of concrete wire types to Operation.Handle.
func Typed[In, Out codec.Shape](handle func(context.Context, *Call, In) (Out, error)) func(context.Context, *Call, codec.Shape) (codec.Shape, error) {
	return func(ctx context.Context, call *Call, in codec.Shape) (codec.Shape, error) {
		typed, ok := in.(In)
		if !ok {
			return nil, fmt.Errorf("handler wants %T, was given %T", typed, in)
		}
		out, err := handle(ctx, call, typed)
		if err != nil {
			return nil, err
		}
		if none := *new(Out); codec.Shape(out) == codec.Shape(none) {
			return nil, errors.New("the handler gave neither an answer nor an error")
		}
		return out, nil
	}
}
