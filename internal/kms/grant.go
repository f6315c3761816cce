package kms

import (
	"maps"
	"slices"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/policy"
)

// Operation is something that a grant can allow.
type Operation string

// The operations of grants. ReEncrypt is two, one for each side.
const (
	OpDecrypt                             Operation = "Decrypt"
	OpEncrypt                             Operation = "Encrypt"
	OpGenerateDataKey                     Operation = "GenerateDataKey"
	OpGenerateDataKeyWithoutPlaintext     Operation = "GenerateDataKeyWithoutPlaintext"
	OpGenerateDataKeyPair                 Operation = "GenerateDataKeyPair"
	OpGenerateDataKeyPairWithoutPlaintext Operation = "GenerateDataKeyPairWithoutPlaintext"
	OpReEncryptFrom                       Operation = "ReEncryptFrom"
	OpReEncryptTo                         Operation = "ReEncryptTo"
	OpSign                                Operation = "Sign"
	OpVerify                              Operation = "Verify"
	OpGetPublicKey                        Operation = "GetPublicKey"
	OpGenerateMAC                         Operation = "GenerateMac"
	OpVerifyMAC                           Operation = "VerifyMac"
	OpDeriveSharedSecret                  Operation = "DeriveSharedSecret"
	OpCreateGrant                         Operation = "CreateGrant"
	OpRetireGrant                         Operation = "RetireGrant"
	OpDescribeKey                         Operation = "DescribeKey"
)

// grantable gives the operations that a grant on a key of the spec and usage can allow.
func grantable(spec material.Spec, usage material.Usage) []Operation {
	always := []Operation{OpCreateGrant, OpRetireGrant, OpDescribeKey}
	switch {
	case spec == material.Symmetric:
		return append(always, OpDecrypt, OpEncrypt, OpGenerateDataKey, OpGenerateDataKeyWithoutPlaintext, OpGenerateDataKeyPair,
			OpGenerateDataKeyPairWithoutPlaintext, OpReEncryptFrom, OpReEncryptTo)
	case usage == material.EncryptDecrypt:
		return append(always, OpDecrypt, OpEncrypt, OpReEncryptFrom, OpReEncryptTo, OpGetPublicKey)
	case usage == material.SignVerify:
		return append(always, OpSign, OpVerify, OpGetPublicKey)
	case usage == material.GenerateVerifyMAC:
		return append(always, OpGenerateMAC, OpVerifyMAC)
	case usage == material.KeyAgreement:
		return append(always, OpDeriveSharedSecret, OpGetPublicKey)
	default:
		return nil
	}
}

// contextual reports whether calls of the operation have an encryption context, so that constraints apply to them.
func (o Operation) contextual() bool {
	return slices.Contains([]Operation{
		OpDecrypt, OpEncrypt, OpGenerateDataKey, OpGenerateDataKeyWithoutPlaintext, OpGenerateDataKeyPair,
		OpGenerateDataKeyPairWithoutPlaintext, OpReEncryptFrom, OpReEncryptTo,
	}, o)
}

// Grant lets a principal do some operations with a key.
type Grant struct {
	Scope                  // of the key
	KeyID           string //
	ID              string // 64 hexadecimal digits
	Sequence        int64  // place in the order of creation; the store sets it
	Name            string
	CreatedAt       time.Time
	Grantee         string // ARN, or empty where GranteeService is set
	GranteeService  string // "bedrock.amazonaws.com"
	Retiring        string // ARN, or empty
	RetiringService string
	Issuer          string // ARN of the account whose principal made the grant
	Operations      []Operation
	Constraints     Constraints
}

// Constraints narrow a grant to calls with some encryption context, or on behalf of some resource.
type Constraints struct {
	Equals    map[string]string // the whole encryption context
	Subset    map[string]string // pairs that must be in it
	SourceARN string            // aws:SourceArn, for service principals
}

// admits reports whether the constraints let a call with this encryption context pass.
func (c Constraints) admits(encryptionContext map[string]string) bool {
	if c.Equals != nil && !maps.Equal(c.Equals, encryptionContext) {
		return false
	}
	return contains(encryptionContext, c.Subset)
}

func contains(all, some map[string]string) bool {
	for name, value := range some {
		if got, ok := all[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// atLeastAs reports whether c admits no encryption context that parent does not.
func (c Constraints) atLeastAs(parent Constraints) bool {
	if parent.SourceARN != "" && c.SourceARN != parent.SourceARN {
		return false
	}
	if parent.Equals != nil {
		return c.Equals != nil && maps.Equal(c.Equals, parent.Equals)
	}
	return contains(c.Subset, parent.Subset) || c.Equals != nil && contains(c.Equals, parent.Subset)
}

// alike reports whether two grants allow the same to the same.
func (g *Grant) alike(other *Grant) bool {
	return g.Name == other.Name && g.Grantee == other.Grantee && g.GranteeService == other.GranteeService &&
		g.Retiring == other.Retiring && g.RetiringService == other.RetiringService && slices.Equal(g.Operations, other.Operations) &&
		maps.Equal(g.Constraints.Equals, other.Constraints.Equals) && maps.Equal(g.Constraints.Subset, other.Constraints.Subset) &&
		(g.Constraints.Equals == nil) == (other.Constraints.Equals == nil) && g.Constraints.SourceARN == other.Constraints.SourceARN
}

// permission gives the grant as the policy evaluation sees it.
func (g *Grant) permission() policy.Grant {
	return policy.Grant{ID: g.ID, Grantee: g.Grantee + g.GranteeService}
}

// The limits of encryption contexts in constraints, from the developer guide's "Grant constraints".
const (
	maxConstraintPairs = 8
	maxConstraintText  = 384
)

// checkGrant refuses what makes no sense on h.
func (h *held) checkGrant(g *Grant) error {
	allowed := grantable(h.Spec, h.Usage)
	for _, o := range g.Operations {
		if !slices.Contains(allowed, o) {
			return fault.New(fault.Invalid, "The operation %s cannot be granted on a key with KeySpec %s and KeyUsage %s.", o, h.Spec, h.Usage)
		}
	}
	switch {
	case len(g.Operations) == 0:
		return fault.New(fault.Invalid, "A grant needs at least one operation.")
	case (g.Grantee == "") == (g.GranteeService == ""):
		return fault.New(fault.Invalid, "Exactly one of GranteePrincipal and GranteeServicePrincipal must be given.")
	case g.Retiring != "" && g.RetiringService != "":
		return fault.New(fault.Invalid, "At most one of RetiringPrincipal and RetiringServicePrincipal may be given.")
	case g.GranteeService != "" && g.Constraints.SourceARN == "":
		return fault.New(fault.Invalid, "A grant to a service principal needs the constraint SourceArn.")
	case g.GranteeService != "" && g.Retiring == "" && g.RetiringService == "":
		return fault.New(fault.Invalid, "A grant to a service principal needs a retiring principal.")
	}
	return h.checkConstraints(g.Constraints)
}

func (h *held) checkConstraints(c Constraints) error {
	if c.Equals != nil && c.Subset != nil {
		return fault.New(fault.Invalid, "Only one of EncryptionContextEquals and EncryptionContextSubset may be given.")
	}
	if (c.Equals != nil || c.Subset != nil) && h.Spec != material.Symmetric {
		return fault.New(fault.Invalid, "Encryption context constraints are only for symmetric encryption keys.")
	}
	for _, pairs := range []map[string]string{c.Equals, c.Subset} {
		size := 0
		for name, value := range pairs {
			size += len(name) + len(value)
		}
		if len(pairs) > maxConstraintPairs || size > maxConstraintText {
			return fault.New(fault.Invalid, "A grant constraint can hold %d encryption context pairs with %d characters in all.", maxConstraintPairs, maxConstraintText)
		}
	}
	return nil
}
