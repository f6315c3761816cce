package sigv4

import "fmt"

// Reason says why a signature was refused, in words that no single service owns.
type Reason string

// The closed list of reasons.
const (
	Missing          Reason = "missing"           // the request is not signed at all
	Incomplete       Reason = "incomplete"        // the claim cannot be read, or a part of it is missing
	Ambiguous        Reason = "ambiguous"         // signed in the header and in the query
	WrongScope       Reason = "wrong-scope"       // the credential scope names another date, Region, service or terminator
	UnknownKey       Reason = "unknown-key"       // nobody has this access key, or the session token does not belong to it
	TokenExpired     Reason = "token-expired"     // the session behind the access key has ended
	HeaderNotSigned  Reason = "header-not-signed" // a header that changes the meaning of the request is outside the signature
	BodyMismatch     Reason = "body-mismatch"     // x-amz-content-sha256 is not the hash of the body
	PayloadForm      Reason = "payload-form"      // the service does not take this form of payload
	Mismatch         Reason = "mismatch"          // the signature is not the one that the credentials give
	Expired          Reason = "expired"           // signed too long ago
	NotYetCurrent    Reason = "not-yet-current"   // signed for the future
	BadExpiry        Reason = "bad-expiry"        // X-Amz-Expires is not within 1 to 604800 seconds
	PresignedExpired Reason = "presigned-expired" // the presigned request was valid once
)

// Error is a refused signature. Its message is meant for the caller and holds no signature, token or key material.
type Error struct {
	Reason  Reason
	Message string
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

func refuse(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Refuse makes the error of a caller that looks credentials up itself: UnknownKey or TokenExpired, in AWS's words.
func Refuse(reason Reason) *Error {
	switch reason {
	case TokenExpired:
		return refuse(reason, "The security token included in the request is expired")
	case Missing:
		return refuse(reason, "Missing Authentication Token")
	default:
		return refuse(UnknownKey, "The security token included in the request is invalid.")
	}
}

// Dialect is the family of wire codes that a service uses for a refused signature.
type Dialect string

// The dialects.
const (
	JSON  Dialect = "json"  // restJson, awsJson and CBOR services: codes end in Exception where the services observed do so
	Query Dialect = "query" // awsQuery and ec2Query services
	S3    Dialect = "s3"
)

// Wire is a code and the HTTP status that goes with it.
type Wire struct {
	Code   string
	Status int
}

// Wire gives the code of the reason in a dialect.
//
// IncompleteSignature, RequestExpired and InvalidClientTokenId are the documented common errors of Bedrock; UnrecognizedClientException
// and InvalidSignatureException are what its JSON front answers in practice. The S3 names are those of its error code list.
func (r Reason) Wire(d Dialect) Wire {
	switch d {
	case S3:
		return r.s3()
	case Query:
		return r.query()
	default:
		return r.json()
	}
}

func (r Reason) json() Wire {
	switch r {
	case Missing:
		return Wire{"MissingAuthenticationTokenException", 403}
	case UnknownKey:
		return Wire{"UnrecognizedClientException", 403}
	case TokenExpired:
		return Wire{"ExpiredTokenException", 403}
	case Incomplete, Ambiguous, BadExpiry:
		return Wire{"IncompleteSignature", 400}
	case Expired, NotYetCurrent, PresignedExpired:
		return Wire{"RequestExpired", 400}
	default:
		return Wire{"InvalidSignatureException", 403}
	}
}

func (r Reason) query() Wire {
	switch r {
	case Missing:
		return Wire{"MissingAuthenticationToken", 403}
	case UnknownKey:
		return Wire{"InvalidClientTokenId", 403}
	case TokenExpired:
		return Wire{"ExpiredToken", 403}
	case Incomplete, Ambiguous, BadExpiry:
		return Wire{"IncompleteSignature", 400}
	case Expired, NotYetCurrent, PresignedExpired:
		return Wire{"RequestExpired", 400}
	default:
		return Wire{"SignatureDoesNotMatch", 403}
	}
}

func (r Reason) s3() Wire {
	switch r {
	case Missing, HeaderNotSigned, PresignedExpired:
		return Wire{"AccessDenied", 403}
	case UnknownKey:
		return Wire{"InvalidAccessKeyId", 403}
	case TokenExpired:
		return Wire{"ExpiredToken", 400}
	case Incomplete, WrongScope:
		return Wire{"AuthorizationHeaderMalformed", 400}
	case Ambiguous:
		return Wire{"InvalidArgument", 400}
	case BadExpiry:
		return Wire{"AuthorizationQueryParametersError", 400}
	case Expired, NotYetCurrent:
		return Wire{"RequestTimeTooSkewed", 403}
	case BodyMismatch:
		return Wire{"XAmzContentSHA256Mismatch", 400}
	case PayloadForm:
		return Wire{"NotImplemented", 501}
	default:
		return Wire{"SignatureDoesNotMatch", 403}
	}
}
