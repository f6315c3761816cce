package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// onKeys is the requirement of an action on somebody's credentials.
func (s service) onKeys(call *operation.Call, action string, name *string) []operation.Requirement {
	if user := userName(call, name); user != "" {
		return []operation.Requirement{s.on(call, action, iam.User, user, nil)}
	}
	return all(call, action, "root")
}

// holder gives whose credentials are meant: the named user's, or the caller's own.
func holder(call *operation.Call, name *string) (iam.Holder, error) {
	user := userName(call, name)
	if user == "" && call.Kind != policy.Root {
		return iam.Holder{}, fault.New(fault.Invalid, "Must specify userName when calling with non-User credentials")
	}
	return iam.Holder{UserName: user}, nil
}

// shown is the user name in answers; the root has none.
func shown(h iam.Holder) *string { return optional(h.UserName) }

func (s service) createAccessKey() operation.Operation {
	return define(wire.CreateAccessKey, operation.Write,
		func(call *operation.Call, in *wire.CreateAccessKeyRequest) []operation.Requirement {
			return s.onKeys(call, "CreateAccessKey", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreateAccessKeyRequest) (*wire.CreateAccessKeyResponse, error) {
			h, err := holder(call, in.UserName)
			if err != nil {
				return nil, err
			}
			key, value, err := s.identities.CreateKey(ctx, scopeOf(call), h)
			if err != nil {
				return nil, err
			}
			return &wire.CreateAccessKeyResponse{AccessKey: &wire.AccessKey{
				UserName: shown(h), AccessKeyId: &key.ID, Status: new(wire.StatusType(key.Status)), SecretAccessKey: new(value.Reveal()), CreateDate: &key.CreatedAt,
			}}, nil
		})
}

func (s service) listAccessKeys() operation.Operation {
	return define(wire.ListAccessKeys, operation.Read,
		func(call *operation.Call, in *wire.ListAccessKeysRequest) []operation.Requirement {
			return s.onKeys(call, "ListAccessKeys", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListAccessKeysRequest) (*wire.ListAccessKeysResponse, error) {
			h, err := holder(call, in.UserName)
			if err != nil {
				return nil, err
			}
			keys, err := s.identities.Keys(ctx, scopeOf(call), h)
			if err != nil {
				return nil, err
			}
			// There are two at most, so that every page holds all.
			out := &wire.ListAccessKeysResponse{AccessKeyMetadata: make([]wire.AccessKeyMetadata, len(keys)), IsTruncated: new(false)}
			for i, key := range keys {
				out.AccessKeyMetadata[i] = wire.AccessKeyMetadata{
					UserName: shown(h), AccessKeyId: &key.ID, Status: new(wire.StatusType(key.Status)), CreateDate: &key.CreatedAt,
				}
			}
			return out, nil
		})
}

func (s service) updateAccessKey() operation.Operation {
	return define(wire.UpdateAccessKey, operation.Write,
		func(call *operation.Call, in *wire.UpdateAccessKeyRequest) []operation.Requirement {
			return s.onKeys(call, "UpdateAccessKey", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.UpdateAccessKeyRequest) (*codec.Empty, error) {
			h, err := holder(call, in.UserName)
			if err != nil {
				return nil, err
			}
			status, err := statusOf(*in.Status)
			if err != nil {
				return nil, err
			}
			return done(s.identities.SetKeyStatus(ctx, scopeOf(call), h, text(in.AccessKeyId), status))
		})
}

// statusOf reads a status that a caller may set.
func statusOf(status wire.StatusType) (iam.Status, error) {
	switch status {
	case wire.StatusTypeActive:
		return iam.Active, nil
	case wire.StatusTypeInactive:
		return iam.Inactive, nil
	default:
		return "", fault.New(fault.Invalid, "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]")
	}
}

func (s service) deleteAccessKey() operation.Operation {
	return define(wire.DeleteAccessKey, operation.Write,
		func(call *operation.Call, in *wire.DeleteAccessKeyRequest) []operation.Requirement {
			return s.onKeys(call, "DeleteAccessKey", in.UserName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeleteAccessKeyRequest) (*codec.Empty, error) {
			h, err := holder(call, in.UserName)
			if err != nil {
				return nil, err
			}
			return done(s.identities.DeleteKey(ctx, scopeOf(call), h, text(in.AccessKeyId)))
		})
}

func (s service) getAccessKeyLastUsed() operation.Operation {
	return define(wire.GetAccessKeyLastUsed, operation.Read,
		func(call *operation.Call, _ *wire.GetAccessKeyLastUsedRequest) []operation.Requirement {
			return all(call, "GetAccessKeyLastUsed", "user/*")
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetAccessKeyLastUsedRequest) (*wire.GetAccessKeyLastUsedResponse, error) {
			key, user, err := s.identities.KeyUse(ctx, scopeOf(call), text(in.AccessKeyId))
			if err != nil {
				return nil, err
			}
			use := &wire.AccessKeyLastUsed{ServiceName: new("N/A"), Region: new("N/A")}
			if !key.LastUsedAt.IsZero() {
				use = &wire.AccessKeyLastUsed{LastUsedDate: &key.LastUsedAt, ServiceName: &key.LastFor, Region: &key.LastRegion}
			}
			return &wire.GetAccessKeyLastUsedResponse{UserName: optional(user), AccessKeyLastUsed: use}, nil
		})
}
