package sts

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/sts"
)

func (s service) getSessionToken() operation.Operation {
	op := describe(wire.GetSessionToken)
	op.Requires = anywhere("GetSessionToken")
	op.Handle = operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.GetSessionTokenRequest) (*wire.GetSessionTokenResponse, error) {
		if in.SerialNumber != nil || in.TokenCode != nil {
			return nil, fault.New(fault.Denied, "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.")
		}
		made, err := s.sessions.GetSessionToken(ctx, &call.Caller, duration(in.DurationSeconds))
		if err != nil {
			return nil, err
		}
		return &wire.GetSessionTokenResponse{Credentials: credentials(made.Credentials)}, nil
	})
	return op
}

func (s service) getFederationToken() operation.Operation {
	op := describe(wire.GetFederationToken)
	op.Requires = requires(func(call *operation.Call, in *wire.GetFederationTokenRequest) []operation.Requirement {
		resource := sts.FederatedARN(call.Partition, call.Account, value(in.Name))
		keys := map[string][]string{}
		for _, t := range in.Tags {
			keys["aws:RequestTag/"+value(t.Key)] = []string{value(t.Value)}
			keys["aws:TagKeys"] = append(keys["aws:TagKeys"], value(t.Key))
		}
		needed := []operation.Requirement{{Action: "sts:GetFederationToken", Resource: resource, Context: keys}}
		if len(in.Tags) > 0 {
			needed = append(needed, operation.Requirement{Action: "sts:TagSession", Resource: resource, Context: keys})
		}
		return needed
	})
	op.Handle = operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.GetFederationTokenRequest) (*wire.GetFederationTokenResponse, error) {
		made, err := s.sessions.GetFederationToken(ctx, &call.Caller, value(in.Name), duration(in.DurationSeconds), scope(in.Policy, in.PolicyArns, in.Tags, nil))
		if err != nil {
			return nil, err
		}
		return &wire.GetFederationTokenResponse{
			Credentials: credentials(made.Credentials), FederatedUser: &wire.FederatedUser{FederatedUserId: &made.ID, Arn: &made.ARN},
			PackedPolicySize: percent(made.PackedPercent),
		}, nil
	})
	return op
}

func (s service) getCallerIdentity() operation.Operation {
	op := describe(wire.GetCallerIdentity)
	op.Requires = anywhere("GetCallerIdentity")
	op.Handle = operation.Typed(func(_ context.Context, call *operation.Call, _ *wire.GetCallerIdentityRequest) (*wire.GetCallerIdentityResponse, error) {
		return &wire.GetCallerIdentityResponse{UserId: new(call.UserID), Account: new(call.Account), Arn: new(call.Principal)}, nil
	})
	return op
}

func (s service) getAccessKeyInfo() operation.Operation {
	op := describe(wire.GetAccessKeyInfo)
	op.Requires = anywhere("GetAccessKeyInfo")
	op.Handle = operation.Typed(func(_ context.Context, _ *operation.Call, in *wire.GetAccessKeyInfoRequest) (*wire.GetAccessKeyInfoResponse, error) {
		account, ok := iam.AccountOfKey(value(in.AccessKeyId))
		if !ok {
			return nil, fault.New(fault.Invalid, "Access key ID %s is not valid", value(in.AccessKeyId))
		}
		return &wire.GetAccessKeyInfoResponse{Account: &account}, nil
	})
	return op
}

func (s service) decodeAuthorizationMessage() operation.Operation {
	op := describe(wire.DecodeAuthorizationMessage)
	op.Requires = anywhere("DecodeAuthorizationMessage")
	op.Handle = operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.DecodeAuthorizationMessageRequest) (*wire.DecodeAuthorizationMessageResponse, error) {
		text, err := s.sessions.DecodeMessage(ctx, call.Account, value(in.EncodedMessage))
		if err != nil {
			return nil, err
		}
		return &wire.DecodeAuthorizationMessageResponse{DecodedMessage: &text}, nil
	})
	return op
}
