package kms

import (
	"encoding/hex"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// reference is what a caller wrote as KeyId: an id or an alias, in a scope.
type reference struct {
	Scope
	id    string
	alias string // "alias/..."
}

// parseReference reads a key id, key ARN, alias name or alias ARN. What is no ARN is of the caller's scope.
func parseReference(scope Scope, text string) (reference, error) {
	ref, resource := reference{Scope: scope}, text
	if strings.HasPrefix(text, "arn:") {
		named, err := arn.Parse(text)
		if err != nil || named.Service != "kms" || len(named.Account) != 12 {
			return reference{}, refuse(fault.Invalid, InvalidARN, "Invalid arn %s", text)
		}
		if named.Region != scope.Region || named.Partition != scope.Partition {
			return reference{}, fault.New(fault.NotFound, "Invalid arn %s", named.Region)
		}
		ref.Account, resource = named.Account, named.Resource
		id, isKey := named.ResourceID("key")
		if !isKey && !strings.HasPrefix(resource, "alias/") {
			return reference{}, refuse(fault.Invalid, InvalidARN, "Invalid arn %s", text)
		}
		if isKey {
			resource = id
		}
	}
	if strings.HasPrefix(resource, "alias/") {
		ref.alias = resource
		return ref, nil
	}
	if _, _, ok := packID(resource); !ok {
		return reference{}, fault.New(fault.NotFound, "Invalid keyId '%s'", resource)
	}
	ref.id = resource
	return ref, nil
}

// The forms of a key id in a ciphertext.
const (
	formUUID        byte = 0
	formMultiRegion byte = 1
)

const multiRegionPrefix = "mrk-"

// packID gives the 16 bytes of a key id in lower case and its form; ok is false for what is not a key id.
func packID(id string) (packed [16]byte, form byte, ok bool) {
	digits := id
	if rest, found := strings.CutPrefix(id, multiRegionPrefix); found {
		form, digits = formMultiRegion, rest
	} else {
		if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
			return packed, 0, false
		}
		digits = id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:]
	}
	if len(digits) != 32 || strings.ToLower(digits) != digits {
		return packed, 0, false
	}
	_, err := hex.Decode(packed[:], []byte(digits))
	return packed, form, err == nil
}

// unpackID is the reverse of packID.
func unpackID(packed []byte, form byte) (id string, ok bool) {
	digits := hex.EncodeToString(packed)
	switch {
	case len(packed) != 16:
		return "", false
	case form == formMultiRegion:
		return multiRegionPrefix + digits, true
	case form == formUUID:
		return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-"), true
	default:
		return "", false
	}
}
