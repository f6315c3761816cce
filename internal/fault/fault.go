// Package fault is the one kind of error that a caller of Merlon may see: a kind from a closed list and a message meant for them.
//
// Domains return faults; the gateway renders each once into the service's own exception. Every other error is an internal
// error whose text stays in the log.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in words that no single AWS service owns; each service maps it to its own exception name.
type Kind string

// The closed list of kinds. The zero value is not a kind: it renders as Internal.
const (
	Invalid      Kind = "invalid"       // the request breaks a rule that the caller can read and mend
	NotFound     Kind = "not-found"     // the named thing does not exist, or the caller may not know that it does
	Conflict     Kind = "conflict"      // the request is well formed but collides with the present state
	InUse        Kind = "in-use"        // something else refers to the thing
	OverQuota    Kind = "over-quota"    // an account limit would be exceeded
	TooManyTags  Kind = "too-many-tags" // more tags than a resource may carry
	Denied       Kind = "denied"        // authorisation said no
	Throttled    Kind = "throttled"     // a rate is exceeded; a later try may pass
	Unavailable  Kind = "unavailable"   // a part that is needed cannot answer now; nothing was decided
	Timeout      Kind = "timeout"       // a part that is needed did not answer in its time
	Upstream     Kind = "upstream"      // a model behind this server failed at its work
	Internal     Kind = "internal"      // everything else; the caller sees no detail
	Unknown      Kind = "unknown-op"    // the operation is not served
	Malformed    Kind = "malformed"     // the request cannot be read at all
	TooLarge     Kind = "too-large"     // the request exceeds a size limit of the front
	Unauthorized Kind = "unauthorized"  // the caller could not be identified; Code says how
)

// Error is a fault. Its Message goes to the caller word for word, so it never holds secrets, prompt text or a cause's text.
type Error struct {
	Kind    Kind
	Code    string // wire code that overrides the service's code for Kind, such as a SigV4 code; usually empty
	Message string
	// Resource is the ARN or name that the fault is about, for the exceptions that carry one.
	Resource string
	// RetryAfter says when another try makes sense; 0 leaves it to the caller.
	RetryAfter time.Duration
	cause      error
}

// New makes a fault of kind with a formatted message.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault whose cause stays in the log: only the message goes to the caller.
func Wrap(cause error, kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), cause: cause}
}

// Error gives the message, with the cause where there is one; it is for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Message + ": " + e.cause.Error()
	}
	return e.Message
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is reports whether err holds a fault of kind.
func Is(err error, kind Kind) bool {
	var f *Error
	return errors.As(err, &f) && f.Kind == kind
}

// From gives the fault inside err. Any other error becomes an opaque Internal fault with err as its cause; nil stays nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return Wrap(err, Internal, "internal error")
}
