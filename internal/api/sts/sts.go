// Package sts serves the AWS Security Token Service: it turns wire requests into sessions and back.
package sts

import (
	"context"
	"errors"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	wire "merlon.dev/merlon/internal/wire/sts"
)

// maxBody bounds a request in bytes: a web identity token of 20,000 characters, and everything else.
const maxBody = 128 << 10

// service holds what the operations work with.
type service struct {
	sessions  *sts.Service
	directory *directory.Directory
}

// New gives the operations of the service.
func New(sessions *sts.Service, d *directory.Directory) operation.Service {
	s := service{sessions, d}
	return operation.Service{
		Schema: wire.Service,
		Operations: []operation.Operation{
			s.assumeRole(),
			s.assumeRoleWithWebIdentity(),
			s.getSessionToken(),
			s.getFederationToken(),
			s.getCallerIdentity(),
			s.getAccessKeyInfo(),
			s.decodeAuthorizationMessage(),
		},
		Codes: map[fault.Kind]string{
			fault.Invalid:     "ValidationError",
			fault.Malformed:   "ValidationError",
			fault.NotFound:    "ValidationError",
			fault.OverQuota:   "PackedPolicyTooLarge",
			fault.Denied:      "AccessDenied",
			fault.Unavailable: "ServiceUnavailable",
			fault.Timeout:     "ServiceUnavailable",
			fault.Internal:    "InternalFailure",
		},
	}
}

// describe makes an operation of what all of the service's have in common. Sessions are not stored: no operation changes state.
func describe(schema *codec.Operation) operation.Operation {
	return operation.Operation{Schema: schema, Audit: operation.Management, Effect: operation.Read, BodyLimit: maxBody}
}

// requires adapts a function of a concrete input to Operation.Requires.
func requires[In codec.Shape](f func(*operation.Call, In) []operation.Requirement) func(*operation.Call, codec.Shape) []operation.Requirement {
	return func(call *operation.Call, in codec.Shape) []operation.Requirement { return f(call, in.(In)) }
}

// anywhere is the requirement of an action that knows no resources.
func anywhere(action string) func(*operation.Call, codec.Shape) []operation.Requirement {
	return func(*operation.Call, codec.Shape) []operation.Requirement {
		return []operation.Requirement{{Action: "sts:" + action, Resource: "*"}}
	}
}

// trust asks the trust policy of the role that an ARN names. A role that does not exist trusts nobody.
func (s service) trust(roleARN string) func(context.Context) (operation.ResourceSide, error) {
	return func(ctx context.Context) (operation.ResourceSide, error) {
		account, name, err := sts.ParseRole(roleARN)
		if err != nil && !errors.Is(err, directory.ErrUnknown) {
			return operation.ResourceSide{}, err
		}
		if err == nil {
			var role *directory.Principal
			role, err = s.directory.Role(ctx, account, name)
			if err == nil {
				return operation.ResourceSide{Policy: role.Trust, Tags: tagsOf(role.Tags)}, nil
			}
		}
		if !errors.Is(err, directory.ErrUnknown) {
			return operation.ResourceSide{}, err
		}
		nobody, err := policy.NewSet(policy.Trust)
		return operation.ResourceSide{Policy: nobody}, err
	}
}

func tagsOf(tags []iam.Tag) func(context.Context) (map[string]string, error) {
	return func(context.Context) (map[string]string, error) {
		named := make(map[string]string, len(tags))
		for _, t := range tags {
			named[t.Key] = t.Value
		}
		return named, nil
	}
}

// scope gives what a session is limited by and carries.
func scope(text *string, arns []wire.PolicyDescriptorType, tags []wire.Tag, transitive []string) sts.Scope {
	out := sts.Scope{Policy: value(text), Transitive: transitive}
	for _, p := range arns {
		out.PolicyARNs = append(out.PolicyARNs, value(p.Arn))
	}
	for _, t := range tags {
		out.Tags = append(out.Tags, iam.Tag{Key: value(t.Key), Value: value(t.Value)})
	}
	return out
}

func credentials(c sts.Credentials) *wire.Credentials {
	return &wire.Credentials{
		AccessKeyId: &c.AccessKeyID, SecretAccessKey: new(c.Secret.Reveal()), SessionToken: new(c.SessionToken.Reveal()), Expiration: &c.ExpiresAt,
	}
}

func percent(n *int) *int32 {
	if n == nil {
		return nil
	}
	return new(int32(*n))
}

func duration(seconds *int32) time.Duration {
	if seconds == nil {
		return 0
	}
	return time.Duration(*seconds) * time.Second
}

// value gives the string, or "" where it is absent.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
