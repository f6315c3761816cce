package iam

import (
	"context"
	"slices"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) getAccountAuthorizationDetails() operation.Operation {
	return define(wire.GetAccountAuthorizationDetails, operation.Read,
		func(*operation.Call, *wire.GetAccountAuthorizationDetailsRequest) []operation.Requirement {
			return []operation.Requirement{{Action: "iam:GetAccountAuthorizationDetails", Resource: "*"}}
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetAccountAuthorizationDetailsRequest) (*wire.GetAccountAuthorizationDetailsResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			sections := map[string]wire.EntityType{
				"user": wire.EntityTypeUser, "group": wire.EntityTypeGroup, "role": wire.EntityTypeRole,
				"policy": wire.EntityTypeLocalManagedPolicy, "provided": wire.EntityTypeAWSManagedPolicy,
			}
			wanted := func(section string) bool { return len(in.Filter) == 0 || slices.Contains(in.Filter, sections[section]) }
			found, next, err := s.identities.Authorizations(ctx, scopeOf(call), wanted, page)
			if err != nil {
				return nil, err
			}
			out := &wire.GetAccountAuthorizationDetailsResponse{
				UserDetailList: []wire.UserDetail{}, GroupDetailList: []wire.GroupDetail{}, RoleDetailList: []wire.RoleDetail{}, Policies: []wire.ManagedPolicyDetail{},
			}
			for _, d := range found.Principals {
				switch d.Kind {
				case iam.User:
					out.UserDetailList = append(out.UserDetailList, userDetail(call, d))
				case iam.Role:
					out.RoleDetailList = append(out.RoleDetailList, roleDetail(call, d))
				case iam.Group:
					out.GroupDetailList = append(out.GroupDetailList, groupDetail(call, d))
				}
			}
			for _, p := range found.Policies {
				out.Policies = append(out.Policies, policyDetail(call, p))
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func userDetail(call *operation.Call, d iam.Details) wire.UserDetail {
	return wire.UserDetail{
		Path: &d.Path, UserName: &d.Name, UserId: &d.ID, Arn: new(d.ARN(call.Partition)), CreateDate: &d.CreatedAt, UserPolicyList: inlineDetails(d.Inlines),
		GroupList: names(d.Groups), AttachedManagedPolicies: attachedPolicies(d.Attached), PermissionsBoundary: boundary(d.Boundary), Tags: wireTags(d.Tags),
	}
}

func names(principals []iam.Principal) []string {
	out := make([]string, len(principals))
	for i, p := range principals {
		out[i] = p.Name
	}
	return out
}

func groupDetail(call *operation.Call, d iam.Details) wire.GroupDetail {
	return wire.GroupDetail{
		Path: &d.Path, GroupName: &d.Name, GroupId: &d.ID, Arn: new(d.ARN(call.Partition)), CreateDate: &d.CreatedAt,
		GroupPolicyList: inlineDetails(d.Inlines), AttachedManagedPolicies: attachedPolicies(d.Attached),
	}
}

func roleDetail(call *operation.Call, d iam.Details) wire.RoleDetail {
	return wire.RoleDetail{
		Path: &d.Path, RoleName: &d.Name, RoleId: &d.ID, Arn: new(d.ARN(call.Partition)), CreateDate: &d.CreatedAt,
		AssumeRolePolicyDocument: document(d.Trust), InstanceProfileList: []wire.InstanceProfile{}, RolePolicyList: inlineDetails(d.Inlines),
		AttachedManagedPolicies: attachedPolicies(d.Attached), PermissionsBoundary: boundary(d.Boundary), Tags: wireTags(d.Tags),
		RoleLastUsed: lastUsed(d.Principal),
	}
}

func inlineDetails(in []iam.Inline) []wire.PolicyDetail {
	out := make([]wire.PolicyDetail, len(in))
	for i, p := range in {
		out[i] = wire.PolicyDetail{PolicyName: &p.Name, PolicyDocument: document(p.Document)}
	}
	return out
}

func policyDetail(call *operation.Call, p iam.PolicyDetails) wire.ManagedPolicyDetail {
	shown := managed(call, p.FoundPolicy)
	versions := make([]wire.PolicyVersion, len(p.Versions))
	for i, v := range p.Versions {
		versions[i] = version(v, v.Number == p.DefaultVersion)
	}
	return wire.ManagedPolicyDetail{
		PolicyName: shown.PolicyName, PolicyId: shown.PolicyId, Arn: shown.Arn, Path: shown.Path, DefaultVersionId: shown.DefaultVersionId,
		AttachmentCount: shown.AttachmentCount, PermissionsBoundaryUsageCount: shown.PermissionsBoundaryUsageCount, IsAttachable: shown.IsAttachable,
		Description: shown.Description, CreateDate: shown.CreateDate, UpdateDate: shown.UpdateDate, PolicyVersionList: versions,
	}
}
