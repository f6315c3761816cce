package codec

import "net/http"

// Shape is a generated structure, union or exception.
//
// Generated types keep optional members as pointers, so that "absent" and "zero" differ. Encode and Decode walk the members in
// the model's order and know nothing of any protocol: the protocol is the Encoder or Decoder that they are given.
type Shape interface {
	Encode(Encoder)
	Decode(Decoder) error
	// Check appends every broken constraint (required, length, range, pattern, enum, union, nested) to c.
	Check(c *Checker)
}

// Service is what all operations of a service share.
type Service struct {
	Name         string // "bedrock-runtime": the model's endpoint prefix
	SigningName  string // "bedrock": the service in the credential scope
	APIVersion   string // "2023-09-30"
	TargetPrefix string // X-Amz-Target prefix of the awsJson protocols, else empty
	Protocol     string // "rest-json", "json", "query", "rest-xml", "smithy-rpc-v2-cbor"
	// Operations holds every operation of the model by name, served or not, so that coverage can be told.
	Operations []*Operation
}

// Operation is one call as the model describes it.
type Operation struct {
	Service *Service
	Name    string // "CreateGuardrail"
	Method  string // "POST"
	URI     string // "/guardrails/{guardrailIdentifier}", empty for protocols that route by action
	Status  int    // of a successful answer
	// NewInput and NewOutput are nil for operations that are not listed in the service's ops file.
	NewInput  func() Shape
	NewOutput func() Shape
	Errors    []*Exception // the modelled ones
}

// Exception is one row of a service's error table.
type Exception struct {
	Code   string // "ResourceNotFoundException"
	Status int    // 404
}

// Protocol reads requests and writes answers in one wire protocol. Implementations hold no state and are safe for concurrent use.
type Protocol interface {
	// DecodeRequest fills in from the request. labels holds the still escaped path labels in the order of the URI template;
	// body is the whole payload. A request that cannot be read gives a fault of kind Malformed that says where.
	DecodeRequest(op *Operation, r *http.Request, labels []string, body []byte, in Shape) error
	// EncodeResponse writes status, headers and body of a successful answer.
	EncodeResponse(w http.ResponseWriter, op *Operation, out Shape) error
	// EncodeError writes a failed answer.
	EncodeError(w http.ResponseWriter, failure Failure)
}

// Failure is a fault in the words of one service.
type Failure struct {
	Code      string
	Status    int
	Message   string
	RequestID string
	// Members are further modelled members of the exception, such as resourceName.
	Members map[string]string
}
