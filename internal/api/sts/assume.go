package sts

import (
	"context"

	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/sts"
)

func (s service) assumeRole() operation.Operation {
	op := describe(wire.AssumeRole)
	op.Requires = requires(func(_ *operation.Call, in *wire.AssumeRoleRequest) []operation.Requirement {
		role := value(in.RoleArn)
		keys := map[string][]string{"sts:RoleSessionName": {value(in.RoleSessionName)}}
		set := func(key string, v *string) {
			if v != nil {
				keys[key] = []string{*v}
			}
		}
		set("sts:ExternalId", in.ExternalId)
		set("sts:SourceIdentity", in.SourceIdentity)
		if len(in.TransitiveTagKeys) > 0 {
			keys["sts:TransitiveTagKeys"] = in.TransitiveTagKeys
		}
		for _, t := range in.Tags {
			keys["aws:RequestTag/"+value(t.Key)] = []string{value(t.Value)}
			keys["aws:TagKeys"] = append(keys["aws:TagKeys"], value(t.Key))
		}
		actions := []string{"sts:AssumeRole"}
		if len(in.Tags) > 0 {
			actions = append(actions, "sts:TagSession")
		}
		if in.SourceIdentity != nil {
			actions = append(actions, "sts:SetSourceIdentity")
		}
		needed := make([]operation.Requirement, len(actions))
		for i, action := range actions {
			needed[i] = operation.Requirement{Action: action, Resource: role, Context: keys, Lookup: s.trust(role)}
		}
		return needed
	})
	op.Handle = operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.AssumeRoleRequest) (*wire.AssumeRoleResponse, error) {
		made, err := s.sessions.AssumeRole(ctx, &call.Caller, sts.AssumeInput{
			RoleARN: value(in.RoleArn), SessionName: value(in.RoleSessionName), Duration: duration(in.DurationSeconds),
			SourceIdentity: value(in.SourceIdentity), Scope: scope(in.Policy, in.PolicyArns, in.Tags, in.TransitiveTagKeys),
		})
		if err != nil {
			return nil, err
		}
		return &wire.AssumeRoleResponse{
			Credentials: credentials(made.Credentials), AssumedRoleUser: &wire.AssumedRoleUser{AssumedRoleId: &made.ID, Arn: &made.ARN},
			PackedPolicySize: percent(made.PackedPercent), SourceIdentity: optional(made.SourceIdentity),
		}, nil
	})
	return op
}

func (s service) assumeRoleWithWebIdentity() operation.Operation {
	op := describe(wire.AssumeRoleWithWebIdentity)
	op.Unsigned = true
	op.Requires = requires(func(_ *operation.Call, in *wire.AssumeRoleWithWebIdentityRequest) []operation.Requirement {
		return []operation.Requirement{{Action: "sts:AssumeRoleWithWebIdentity", Resource: value(in.RoleArn)}}
	})
	op.Handle = operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.AssumeRoleWithWebIdentityRequest) (*wire.AssumeRoleWithWebIdentityResponse, error) {
		made, err := s.sessions.AssumeRoleWithWebIdentity(ctx, call.SourceIP, sts.WebIdentityInput{
			AssumeInput: sts.AssumeInput{
				RoleARN: value(in.RoleArn), SessionName: value(in.RoleSessionName), Duration: duration(in.DurationSeconds),
				Scope: scope(in.Policy, in.PolicyArns, nil, nil),
			},
			Token: value(in.WebIdentityToken),
		})
		if err != nil {
			return nil, err
		}
		return &wire.AssumeRoleWithWebIdentityResponse{
			Credentials: credentials(made.Credentials), AssumedRoleUser: &wire.AssumedRoleUser{AssumedRoleId: &made.ID, Arn: &made.ARN},
			PackedPolicySize: percent(made.PackedPercent), SourceIdentity: optional(made.SourceIdentity),
			SubjectFromWebIdentityToken: &made.Subject, Provider: &made.Provider, Audience: &made.Audience,
		}, nil
	})
	return op
}
