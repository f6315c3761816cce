// Package secret holds values that must not appear in logs, errors or JSON.
package secret

import (
	"crypto/subtle"
	"log/slog"
)

const redacted = "REDACTED"

// String is a secret text. Every way of printing it gives "REDACTED"; it cannot be compared with ==.
type String struct {
	_     [0]func()
	value string
}

// New makes a secret of value.
func New(value string) String { return String{value: value} }

// Reveal gives the secret itself, for the one place that uses it.
func (s String) Reveal() string { return s.value }

// Empty reports whether there is no secret.
func (s String) Empty() bool { return s.value == "" }

// Equal compares in constant time for equal lengths.
func (s String) Equal(other String) bool {
	return subtle.ConstantTimeCompare([]byte(s.value), []byte(other.value)) == 1
}

// String gives "REDACTED".
func (String) String() string { return redacted }

// GoString gives "REDACTED".
func (String) GoString() string { return redacted }

// MarshalText gives "REDACTED", for JSON and other encoders.
func (String) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue gives "REDACTED" for slog.
func (String) LogValue() slog.Value { return slog.StringValue(redacted) }
