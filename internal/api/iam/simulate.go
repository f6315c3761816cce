package iam

import (
	"context"
	"slices"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	wire "merlon.dev/merlon/internal/wire/iam"
)

func (s service) simulateCustomPolicy() operation.Operation {
	return define(wire.SimulateCustomPolicy, operation.Read,
		func(*operation.Call, *wire.SimulateCustomPolicyRequest) []operation.Requirement {
			return []operation.Requirement{{Action: "iam:SimulateCustomPolicy", Resource: "*"}}
		},
		func(ctx context.Context, call *operation.Call, in *wire.SimulateCustomPolicyRequest) (*wire.SimulatePolicyResponse, error) {
			return s.simulate(ctx, call, iam.Simulation{
				Policies: in.PolicyInputList, Boundaries: in.PermissionsBoundaryPolicyInputList, Organization: levels(in.OrderedOrganizationPolicyInputList),
				Actions: in.ActionNames, Resources: in.ResourceArns, ResourcePolicy: text(in.ResourcePolicy), ResourceOwner: text(in.ResourceOwner),
				Caller: text(in.CallerArn), Context: entries(in.ContextEntries),
			}, in.Marker, in.MaxItems)
		})
}

func (s service) simulatePrincipalPolicy() operation.Operation {
	return define(wire.SimulatePrincipalPolicy, operation.Read,
		func(_ *operation.Call, in *wire.SimulatePrincipalPolicyRequest) []operation.Requirement {
			return []operation.Requirement{{Action: "iam:SimulatePrincipalPolicy", Resource: text(in.PolicySourceArn)}}
		},
		func(ctx context.Context, call *operation.Call, in *wire.SimulatePrincipalPolicyRequest) (*wire.SimulatePolicyResponse, error) {
			if len(in.PolicyExclusionList) > 0 {
				return nil, fault.New(fault.Invalid, "PolicyExclusionList is not supported: pass the policies that are to count to SimulateCustomPolicy.")
			}
			return s.simulate(ctx, call, iam.Simulation{
				Source: text(in.PolicySourceArn), Policies: in.PolicyInputList, Boundaries: in.PermissionsBoundaryPolicyInputList,
				Actions: in.ActionNames, Resources: in.ResourceArns, ResourcePolicy: text(in.ResourcePolicy), ResourceOwner: text(in.ResourceOwner),
				Caller: text(in.CallerArn), Context: entries(in.ContextEntries),
			}, in.Marker, in.MaxItems)
		})
}

func levels(in []wire.OrderedOrganizationPolicyType) (out [][]string) {
	for _, level := range in {
		out = append(out, level.ServiceControlPolicyInputList)
	}
	return out
}

func entries(in []wire.ContextEntry) map[string][]string {
	out := map[string][]string{}
	for _, e := range in {
		if e.ContextKeyName != nil {
			out[*e.ContextKeyName] = e.ContextKeyValues
		}
	}
	return out
}

// simulate answers a part of the results. A marker is the number of those before it.
func (s service) simulate(ctx context.Context, call *operation.Call, in iam.Simulation, marker *string, most *int32) (*wire.SimulatePolicyResponse, error) {
	page, err := pageOf(marker, most)
	if err != nil {
		return nil, err
	}
	results, err := s.identities.Simulate(ctx, scopeOf(call), in)
	if err != nil {
		return nil, err
	}
	place := func(r iam.Simulated) string { return r.Action + " " + r.Resource }
	if page.After != "" {
		results = results[1+slices.IndexFunc(results, func(r iam.Simulated) bool { return place(r) == page.After }):]
	}
	next := ""
	if len(results) > page.Limit {
		results = results[:page.Limit]
		next = place(results[page.Limit-1])
	}
	out := &wire.SimulatePolicyResponse{EvaluationResults: make([]wire.EvaluationResult, len(results))}
	for i, r := range results {
		out.EvaluationResults[i] = evaluation(r)
	}
	out.Marker, out.IsTruncated = markerOf(next)
	return out, nil
}

func evaluation(r iam.Simulated) wire.EvaluationResult {
	decision := new(decided(r.Decision))
	matched := statements(r.Decision)
	out := wire.EvaluationResult{
		EvalActionName: &r.Action, EvalResourceName: &r.Resource, EvalDecision: decision, MatchedStatements: matched, MissingContextValues: r.Missing,
		OrganizationsDecisionDetail: &wire.OrganizationsDecisionDetail{AllowedByOrganizations: new(!stopped(r.Decision, policy.ServiceControl))},
		EvalDecisionDetails:         map[string]wire.PolicyEvaluationDecisionType{},
		ResourceSpecificResults: []wire.ResourceSpecificResult{{
			EvalResourceName: &r.Resource, EvalResourceDecision: decision, MatchedStatements: matched, MissingContextValues: r.Missing,
		}},
	}
	if r.Bounded {
		detail := &wire.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: new(!stopped(r.Decision, policy.Boundary))}
		out.PermissionsBoundaryDecisionDetail = detail
		out.ResourceSpecificResults[0].PermissionsBoundaryDecisionDetail = detail
	}
	return out
}

func decided(d policy.Decision) wire.PolicyEvaluationDecisionType {
	switch {
	case d.Allowed():
		return wire.PolicyEvaluationDecisionTypeAllowed
	case d.Explicit:
		return wire.PolicyEvaluationDecisionTypeExplicitDeny
	default:
		return wire.PolicyEvaluationDecisionTypeImplicitDeny
	}
}

// stopped reports whether policies of a kind stood in the way.
func stopped(d policy.Decision, kind policy.Kind) bool {
	return !d.Allowed() && (d.DeniedBy == kind || slices.Contains(d.Missing, kind))
}

// sourceType is what AWS answers for the policies of users and roles, though the model lists other words.
const sourceType wire.PolicySourceType = "IAM Policy"

func statements(d policy.Decision) []wire.Statement {
	out := []wire.Statement{}
	for _, reason := range d.Reasons() {
		if reason.Statement == nil {
			continue
		}
		out = append(out, wire.Statement{
			SourcePolicyId: &reason.Policy, SourcePolicyType: new(sourceType),
			StartPosition: behind(reason.Statement.Start), EndPosition: position(reason.Statement.End),
		})
	}
	return out
}

// behind gives the position behind the opening brace of a statement, which is where AWS says that it starts (observed).
func behind(brace policy.Position) *wire.Position {
	brace.Column++
	return position(brace)
}

func position(p policy.Position) *wire.Position {
	return &wire.Position{Line: new(int32(p.Line)), Column: new(int32(p.Column))}
}
