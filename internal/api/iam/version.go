package iam

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) createPolicyVersion() operation.Operation {
	return define(wire.CreatePolicyVersion, operation.Write,
		func(call *operation.Call, in *wire.CreatePolicyVersionRequest) []operation.Requirement {
			return s.onPolicy(call, "CreatePolicyVersion", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.CreatePolicyVersionRequest) (*wire.CreatePolicyVersionResponse, error) {
			standard := in.SetAsDefault != nil && *in.SetAsDefault
			v, err := s.identities.CreateVersion(ctx, scopeOf(call), text(in.PolicyArn), text(in.PolicyDocument), standard)
			if err != nil {
				return nil, err
			}
			out := version(v, standard)
			out.Document = nil // only GetPolicyVersion shows it
			return &wire.CreatePolicyVersionResponse{PolicyVersion: &out}, nil
		})
}

func version(v iam.Version, standard bool) wire.PolicyVersion {
	return wire.PolicyVersion{Document: document(v.Document), VersionId: new(iam.VersionID(v.Number)), IsDefaultVersion: &standard, CreateDate: &v.CreatedAt}
}

func (s service) getPolicyVersion() operation.Operation {
	return define(wire.GetPolicyVersion, operation.Read,
		func(call *operation.Call, in *wire.GetPolicyVersionRequest) []operation.Requirement {
			return s.onPolicy(call, "GetPolicyVersion", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetPolicyVersionRequest) (*wire.GetPolicyVersionResponse, error) {
			v, standard, err := s.identities.Version(ctx, scopeOf(call), text(in.PolicyArn), text(in.VersionId))
			if err != nil {
				return nil, err
			}
			return &wire.GetPolicyVersionResponse{PolicyVersion: new(version(v, standard))}, nil
		})
}

func (s service) listPolicyVersions() operation.Operation {
	return define(wire.ListPolicyVersions, operation.Read,
		func(call *operation.Call, in *wire.ListPolicyVersionsRequest) []operation.Requirement {
			return s.onPolicy(call, "ListPolicyVersions", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.ListPolicyVersionsRequest) (*wire.ListPolicyVersionsResponse, error) {
			page, err := pageOf(in.Marker, in.MaxItems)
			if err != nil {
				return nil, err
			}
			after := iam.ParseVersion(page.After)
			if page.After != "" && after == 0 {
				return nil, fault.New(fault.Invalid, "Invalid Marker: the value is not one that a list was answered with.")
			}
			versions, standard, err := s.identities.Versions(ctx, scopeOf(call), text(in.PolicyArn))
			if err != nil {
				return nil, err
			}
			out, next := &wire.ListPolicyVersionsResponse{Versions: []wire.PolicyVersion{}}, ""
			for _, v := range versions {
				if after != 0 && v.Number >= after {
					continue
				}
				if len(out.Versions) == page.Limit {
					next = *out.Versions[page.Limit-1].VersionId
					break
				}
				shown := version(v, v.Number == standard)
				shown.Document = nil // only GetPolicyVersion shows it
				out.Versions = append(out.Versions, shown)
			}
			out.Marker, out.IsTruncated = markerOf(next)
			return out, nil
		})
}

func (s service) setDefaultPolicyVersion() operation.Operation {
	return define(wire.SetDefaultPolicyVersion, operation.Write,
		func(call *operation.Call, in *wire.SetDefaultPolicyVersionRequest) []operation.Requirement {
			return s.onPolicy(call, "SetDefaultPolicyVersion", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.SetDefaultPolicyVersionRequest) (*codec.Empty, error) {
			return done(s.identities.SetDefaultVersion(ctx, scopeOf(call), text(in.PolicyArn), text(in.VersionId)))
		})
}

func (s service) deletePolicyVersion() operation.Operation {
	return define(wire.DeletePolicyVersion, operation.Write,
		func(call *operation.Call, in *wire.DeletePolicyVersionRequest) []operation.Requirement {
			return s.onPolicy(call, "DeletePolicyVersion", in.PolicyArn, nil)
		},
		func(ctx context.Context, call *operation.Call, in *wire.DeletePolicyVersionRequest) (*codec.Empty, error) {
			return done(s.identities.DeleteVersion(ctx, scopeOf(call), text(in.PolicyArn), text(in.VersionId)))
		})
}
