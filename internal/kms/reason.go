package kms

import "merlon.dev/merlon/internal/fault"

// Reason tells apart refusals of one fault kind. It is the cause of the faults that the domain gives, for errors.AsType.
type Reason string

// The closed list of reasons. Faults without one are what their kind says.
const (
	InvalidState      Reason = "the key is in the wrong state"
	IsDisabled        Reason = "the key is disabled"
	InvalidCiphertext Reason = "the ciphertext does not open"
	IncorrectKey      Reason = "the key is not the one of the ciphertext"
	InvalidUsage      Reason = "the key is not for this use"
	Unsupported       Reason = "the key cannot do this at all"
	Exists            Reason = "the name is taken"
	InvalidARN        Reason = "the ARN is malformed"
	InvalidAlias      Reason = "the alias name is not allowed"
	InvalidGrantToken Reason = "the grant token is not genuine"
	MalformedPolicy   Reason = "the policy is malformed"
	InvalidTag        Reason = "the tags are not allowed"
	DryRun            Reason = "dry run"
	InvalidMAC        Reason = "the MAC is wrong"
	InvalidSignature  Reason = "the signature is wrong"
	ImportTokenOld    Reason = "the import token has expired"
	ImportTokenWrong  Reason = "the import token is for another key"
	WrongMaterial     Reason = "the material is not the one imported before"
)

// Error gives the reason in words for the log.
func (r Reason) Error() string { return string(r) }

func refuse(kind fault.Kind, reason Reason, format string, args ...any) error {
	return fault.Wrap(reason, kind, format, args...)
}

func errDryRun() error {
	return refuse(fault.Invalid, DryRun, "The request would have succeeded, but the DryRun option is set.")
}

// errCiphertext says as little as KMS does.
func errCiphertext() error { return refuse(fault.Invalid, InvalidCiphertext, "") }

func errIncorrectKey() error {
	return refuse(fault.Invalid, IncorrectKey, "The key ID in the request does not identify a CMK that can perform this operation.")
}

func errNoKey(keyARN string) error {
	return fault.New(fault.NotFound, "Key '%s' does not exist", keyARN)
}

func errNoAlias(aliasARN string) error {
	return fault.New(fault.NotFound, "Alias %s is not found.", aliasARN)
}
