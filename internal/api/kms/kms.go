// Package kms serves AWS Key Management Service: it turns wire requests into calls of the kms domain and its answers back.
//
// Operations that belong together share a file. Mapping is dull and total: what is not mapped is refused or listed in mapping_test.go.
package kms

import (
	"context"
	"errors"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/policy"
	wire "merlon.dev/merlon/internal/wire/kms"
)

// largestBody is the largest request body in bytes: a policy of 32,768 characters, each written in six bytes, and tags.
const largestBody = 512 << 10

// service holds what the operations work with.
type service struct {
	keys  *kms.Service
	pages *pagination.Signer
}

// New gives the operations of the service.
func New(keys *kms.Service, pages *pagination.Signer) operation.Service {
	s := service{keys: keys, pages: pages}
	var all []operation.Operation
	for _, family := range [][]operation.Operation{
		s.keyOperations(), s.deletionOperations(), s.aliasOperations(), s.policyOperations(), s.tagOperations(), s.rotationOperations(),
		s.importOperations(), s.grantOperations(), s.encryptOperations(), s.dataKeyOperations(), s.signOperations(), s.macOperations(),
	} {
		all = append(all, family...)
	}
	return operation.Service{Schema: wire.Service, Operations: all, Codes: map[fault.Kind]string{
		fault.Invalid:     "ValidationException",
		fault.TooLarge:    "ValidationException",
		fault.NotFound:    "NotFoundException",
		fault.Conflict:    "ConflictException",
		fault.OverQuota:   "LimitExceededException",
		fault.TooManyTags: "TagException",
		fault.Denied:      "AccessDeniedException",
		fault.Throttled:   "ThrottlingException",
		fault.Unavailable: "DependencyTimeoutException",
		fault.Timeout:     "DependencyTimeoutException",
		fault.Internal:    "KMSInternalException",
	}}
}

// codeOf gives the exception of a reason.
func codeOf(r kms.Reason) string {
	return map[kms.Reason]string{
		kms.InvalidState:      "KMSInvalidStateException",
		kms.IsDisabled:        "DisabledException",
		kms.InvalidCiphertext: "InvalidCiphertextException",
		kms.IncorrectKey:      "IncorrectKeyException",
		kms.InvalidUsage:      "InvalidKeyUsageException",
		kms.Unsupported:       "UnsupportedOperationException",
		kms.Exists:            "AlreadyExistsException",
		kms.InvalidARN:        "InvalidArnException",
		kms.InvalidAlias:      "InvalidAliasNameException",
		kms.InvalidGrantToken: "InvalidGrantTokenException",
		kms.MalformedPolicy:   "MalformedPolicyDocumentException",
		kms.InvalidTag:        "TagException",
		kms.DryRun:            "DryRunOperationException",
		kms.InvalidMAC:        "KMSInvalidMacException",
		kms.InvalidSignature:  "KMSInvalidSignatureException",
		kms.ImportTokenOld:    "ExpiredImportTokenException",
		kms.ImportTokenWrong:  "InvalidImportTokenException",
		kms.WrongMaterial:     "IncorrectKeyMaterialException",
	}[r]
}

// coded gives a domain's fault the exception of its reason.
func coded(err error) error {
	var why kms.Reason
	var f *fault.Error
	if !errors.As(err, &why) || !errors.As(err, &f) {
		return err
	}
	known := *f
	known.Code = codeOf(why)
	return &known
}

// serve makes an operation of its parts.
func serve[In, Out codec.Shape](
	schema *codec.Operation, effect operation.Effect,
	requires func(*operation.Call, In) []operation.Requirement,
	handle func(context.Context, *operation.Call, In) (Out, error),
) operation.Operation {
	return operation.Operation{
		Schema: schema, Audit: operation.Management, Effect: effect, BodyLimit: largestBody,
		Requires: func(call *operation.Call, in codec.Shape) []operation.Requirement { return requires(call, in.(In)) },
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in In) (Out, error) {
			out, err := handle(ctx, call, in)
			return out, coded(err)
		}),
	}
}

// scopeOf gives the scope of the caller's keys.
func scopeOf(call *operation.Call) kms.Scope {
	return kms.Scope{Partition: call.Partition, Region: call.Region, Account: call.Account}
}

// principalOf gives the caller as policies see it.
func principalOf(call *operation.Call) policy.Principal {
	return policy.Principal{Kind: call.Kind, Account: call.Account, ARN: call.Principal, Issuer: call.Issuer}
}
