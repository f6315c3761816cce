package bedrock

import (
	"context"
	"strings"

	"merlon.dev/merlon/internal/model/profile"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// profileScope gives the scope of the caller's inference profiles.
func profileScope(call *operation.Call) profile.Scope { return profile.Scope(scopeOf(call)) }

// onProfile is the requirement of an action on the inference profile that an identifier names, whose tags have their say. An id with a dot
// is one of the system's.
func (s service) onProfile(call *operation.Call, action, identifier string) []operation.Requirement {
	scope, named := profileScope(call), identifier
	switch {
	case strings.HasPrefix(identifier, "arn:"):
	case strings.Contains(identifier, "."):
		named = profile.Profile{Scope: scope, ID: identifier, System: true}.ARN()
	default:
		named = scope.ARN(identifier)
	}
	return []operation.Requirement{{
		Action: "bedrock:" + action, Resource: named,
		Lookup: func(context.Context) (operation.ResourceSide, error) {
			return operation.ResourceSide{Tags: func(ctx context.Context) (map[string]string, error) {
				tags, err := s.profiles.Tags(ctx, scope, named)
				if err != nil {
					return nil, nil // the handler says that it does not exist
				}
				out := make(map[string]string, len(tags))
				for _, t := range tags {
					out[t.Key] = t.Value
				}
				return out, nil
			}}, nil
		},
	}}
}

func (s service) createInferenceProfile() operation.Operation {
	return operation.Operation{
		Schema: wire.CreateInferenceProfile, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.CreateInferenceProfileRequest) []operation.Requirement {
			made := profileScope(call).ARN("*")
			needed := on("CreateInferenceProfile", made)
			if in.ModelSource != nil && in.ModelSource.CopyFrom != nil {
				needed = append(needed, on("CreateInferenceProfile", *in.ModelSource.CopyFrom)...)
			}
			if len(in.Tags) > 0 {
				needed = append(needed, on("TagResource", made)...)
				for i := range needed {
					needed[i].Context = tagging(in.Tags)
				}
			}
			return needed
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.CreateInferenceProfileRequest) (*wire.CreateInferenceProfileResponse, error) {
			made, err := s.profiles.Create(ctx, profileScope(call), profile.CreateInput{
				Name: text(in.InferenceProfileName), Description: text(in.Description), Source: text(in.ModelSource.CopyFrom),
				Token: text(in.ClientRequestToken), Tags: each(in.Tags, profileTag),
			})
			if err != nil {
				return nil, err
			}
			return &wire.CreateInferenceProfileResponse{InferenceProfileArn: new(made.ARN()), Status: new(wire.InferenceProfileStatusActive)}, nil
		}),
	}
}

func profileTag(t wire.Tag) profile.Tag { return profile.Tag{Key: text(t.Key), Value: text(t.Value)} }

func (s service) getInferenceProfile() operation.Operation {
	return operation.Operation{
		Schema: wire.GetInferenceProfile, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.GetInferenceProfileRequest) []operation.Requirement {
			return s.onProfile(call, "GetInferenceProfile", text(in.InferenceProfileIdentifier))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.GetInferenceProfileRequest) (*wire.GetInferenceProfileResponse, error) {
			p, err := s.profiles.Get(ctx, profileScope(call), text(in.InferenceProfileIdentifier))
			if err != nil {
				return nil, err
			}
			return new(wire.GetInferenceProfileResponse(profileSummary(p))), nil
		}),
	}
}

func profileSummary(p profile.Profile) wire.InferenceProfileSummary {
	out := wire.InferenceProfileSummary{
		InferenceProfileName: &p.Name, Description: optional(p.Description), InferenceProfileArn: new(p.ARN()), InferenceProfileId: &p.ID,
		Models: []wire.InferenceProfileModel{{ModelArn: new(p.ModelARN())}},
		Status: new(wire.InferenceProfileStatusActive), Type: new(wire.InferenceProfileTypeSystemDefined),
	}
	if !p.System {
		out.Type, out.CreatedAt, out.UpdatedAt = new(wire.InferenceProfileTypeApplication), &p.CreatedAt, &p.UpdatedAt
	}
	return out
}

func (s service) listInferenceProfiles() operation.Operation {
	return operation.Operation{
		Schema: wire.ListInferenceProfiles, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.ListInferenceProfilesRequest) []operation.Requirement {
			return on("ListInferenceProfiles", "*")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.ListInferenceProfilesRequest) (*wire.ListInferenceProfilesResponse, error) {
			kind := profile.All
			switch domain[wire.InferenceProfileType](in.TypeEquals) {
			case wire.InferenceProfileTypeSystemDefined:
				kind = profile.OfSystem
			case wire.InferenceProfileTypeApplication:
				kind = profile.OfApplications
			}
			list := pagination.List{
				Account: call.Account, Region: call.Region, Operation: "ListInferenceProfiles", Query: []string{domain[string](in.TypeEquals)},
			}
			after, err := s.pages.Open(list, text(in.NextToken))
			if err != nil {
				return nil, err
			}
			limit := defaultPage
			if in.MaxResults != nil {
				limit = int(*in.MaxResults)
			}
			page, next, err := s.profiles.List(ctx, profileScope(call), kind, after, limit)
			if err != nil {
				return nil, err
			}
			out := &wire.ListInferenceProfilesResponse{InferenceProfileSummaries: make([]wire.InferenceProfileSummary, len(page))}
			for i, p := range page {
				out.InferenceProfileSummaries[i] = profileSummary(p)
			}
			if next != 0 {
				out.NextToken = new(s.pages.Seal(list, next))
			}
			return out, nil
		}),
	}
}

func (s service) deleteInferenceProfile() operation.Operation {
	return operation.Operation{
		Schema: wire.DeleteInferenceProfile, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.DeleteInferenceProfileRequest) []operation.Requirement {
			return s.onProfile(call, "DeleteInferenceProfile", text(in.InferenceProfileIdentifier))
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.DeleteInferenceProfileRequest) (*wire.DeleteInferenceProfileResponse, error) {
			return &wire.DeleteInferenceProfileResponse{}, s.profiles.Delete(ctx, profileScope(call), text(in.InferenceProfileIdentifier))
		}),
	}
}
