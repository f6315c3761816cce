package codec

import "net/http"

// Service is what all operations of a service share.
type Service struct {
	Name         string // "bedrock-runtime": the model's endpoint prefix
	SigningName  string // "bedrock": the service in the credential scope
	APIVersion   string // "2023-09-30"
	TargetPrefix string // X-Amz-Target prefix of the awsJson protocols, else empty
	JSONVersion  string // "1.0" or "1.1" of the awsJson protocols, else empty
	XMLNamespace string // of the answers of the XML protocols, else empty
	Protocol     string // "rest-json", "json", "query", "ec2", "rest-xml", "smithy-rpc-v2-cbor"
	// ErrorNamespace stands in front of an exception's name in answers of awsJson1.0: "com.amazonaws.opensearchserverless".
	ErrorNamespace string
	// QueryCompatible services spoke awsQuery once: their failures also carry the code that those clients know.
	QueryCompatible bool
	// Operations holds every operation of the model by name, served or not, so that coverage can be told.
	Operations []*Operation
	// Exceptions is the service's whole error table, by code.
	Exceptions []*Exception
}

// NewService completes a service: it puts every operation into s.Operations and s into every operation.
func NewService(s Service, operations ...*Operation) *Service {
	s.Operations = operations
	for _, op := range operations {
		op.Service = &s
	}
	return &s
}

// Operation is one call as the model describes it.
type Operation struct {
	Service *Service
	Name    string // "CreateGuardrail"
	Method  string // "POST"
	URI     string // "/guardrails/{guardrailIdentifier}"; "/" for protocols that route by action
	Status  int    // of a successful answer
	// ResultWrapper is the element around the result in the query protocol, else empty.
	ResultWrapper string
	// NewInput and NewOutput are nil for operations that are not listed in the service's ops file.
	NewInput  func() Shape
	NewOutput func() Shape
	Errors    []*Exception // the modelled ones
}

// Exception is one row of a service's error table.
type Exception struct {
	Code   string // "ResourceNotFoundException"
	Status int    // 404
	Sender bool   // the caller is at fault
	// MessageName is the message's name in the awsJson protocols where that is not "message".
	MessageName string
	// QueryCode is the code that clients of a QueryCompatible service know, where that is not Code.
	QueryCode string
}

// Exception gives the exception with a code, or nil where the service's table has none.
func (s *Service) Exception(code string) *Exception {
	if s == nil {
		return nil
	}
	for _, e := range s.Exceptions {
		if e.Code == code {
			return e
		}
	}
	return nil
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

// ActionReader is a Protocol whose requests name their operation in a parameter, so that it is known once the body is read.
type ActionReader interface {
	// Action gives the name of the operation and the version of the API that a request asks for; both may be empty. A request
	// that cannot be read gives a fault of kind Malformed.
	Action(r *http.Request, body []byte) (action, version string, err error)
}

// Failure is a fault in the words of one service.
type Failure struct {
	// Service is the one that answers; nil where the request named none.
	Service   *Service
	Code      string
	Status    int
	Message   string
	RequestID string
	// Members are further modelled members of the exception, such as resourceName.
	Members map[string]string
}
