package iam

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/policy"
)

// Simulation asks what policies would decide. Nothing is done.
type Simulation struct {
	// Source is the ARN of the user, role or group whose policies take part, a user's with those of its groups; empty for those that are
	// passed alone.
	Source string
	// Policies are further identity policies, Boundaries the boundary in place of the source's, Organization the levels of service
	// control policies.
	Policies, Boundaries []string
	Organization         [][]string
	Actions, Resources   []string // no resource stands for "*"
	ResourcePolicy       string
	ResourceOwner        string // account id or ARN; empty for what the resource's ARN says
	Caller               string // ARN; empty for the source, or for a user of the account where that is a group or missing
	Context              map[string][]string
}

// Simulated is what would be decided on one action and resource.
type Simulated struct {
	Action, Resource string
	Decision         policy.Decision
	Missing          []string // condition keys that policies read and the simulation did not give
	Bounded          bool     // a boundary took part
	Organized        bool     // service control policies took part
}

// Simulate decides every action on every resource.
func (s *Service) Simulate(ctx context.Context, scope Scope, in Simulation) ([]Simulated, error) {
	sim, err := s.prepare(ctx, scope, in)
	if err != nil {
		return nil, err
	}
	resources := in.Resources
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var out []Simulated
	for _, action := range in.Actions {
		if !strings.Contains(action, ":") || strings.ContainsAny(action, "*?") {
			return nil, &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: "Invalid Action: " + action}
		}
		for _, resource := range resources {
			req := policy.Request{Principal: sim.principal, Action: action, Resource: resource, ResourceAccount: sim.owner(scope, in, resource)}
			for key, values := range in.Context {
				req.Context.Set(key, values...)
			}
			out = append(out, Simulated{
				Action: action, Resource: resource, Decision: policy.Evaluate(&sim.Inputs, &req), Missing: sim.missing(in.Context),
				Bounded: sim.Boundary != nil, Organized: len(sim.ServiceControl) > 0,
			})
		}
	}
	return out, nil
}

// simulation is a Simulation with its policies compiled.
type simulation struct {
	policy.Inputs
	principal policy.Principal
	read      []string // condition keys as written
}

func (sim *simulation) owner(scope Scope, in Simulation, resource string) string {
	if in.ResourceOwner != "" {
		if parsed, err := arn.Parse(in.ResourceOwner); err == nil {
			return parsed.Account
		}
		return in.ResourceOwner
	}
	if parsed, err := arn.Parse(resource); err == nil && parsed.Account != "" {
		return parsed.Account
	}
	return scope.Account
}

func (sim *simulation) missing(given map[string][]string) []string {
	missing := []string{}
next:
	for _, key := range sim.read {
		for have := range given {
			if strings.EqualFold(have, key) {
				continue next
			}
		}
		missing = append(missing, key)
	}
	return missing
}

func (s *Service) prepare(ctx context.Context, scope Scope, in Simulation) (*simulation, error) {
	sim := &simulation{}
	var identity, boundary []*policy.Policy
	caller := in.Caller
	if in.Source != "" {
		err := s.store.View(ctx, func(tx Tx) error {
			p, err := byARN(tx, scope, in.Source)
			if err != nil {
				return err
			}
			if caller == "" && p.Kind != Group {
				caller = in.Source
			}
			identity, boundary, err = sim.source(tx, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	passed, err := sim.compile(policy.Identity, "PolicyInputList.", in.Policies)
	if err != nil {
		return nil, err
	}
	if sim.Identity, err = policy.NewSet(policy.Identity, append(identity, passed...)...); err != nil {
		return nil, err
	}
	if len(in.Boundaries) > 0 {
		if boundary, err = sim.compile(policy.Boundary, "PermissionsBoundaryPolicyInputList.", in.Boundaries); err != nil {
			return nil, err
		}
	}
	if boundary != nil {
		if sim.Boundary, err = policy.NewSet(policy.Boundary, boundary...); err != nil {
			return nil, err
		}
	}
	for i, level := range in.Organization {
		compiled, err := sim.compile(policy.ServiceControl, fmt.Sprintf("OrderedOrganizationPolicyInputList.%d.", i+1), level)
		if err != nil {
			return nil, err
		}
		set, err := policy.NewSet(policy.ServiceControl, compiled...)
		if err != nil {
			return nil, err
		}
		sim.ServiceControl = append(sim.ServiceControl, set)
	}
	if in.ResourcePolicy != "" {
		compiled, err := sim.compile(policy.Resource, "ResourcePolicy.", []string{in.ResourcePolicy})
		if err != nil {
			return nil, err
		}
		if sim.Resource, err = policy.NewSet(policy.Resource, compiled...); err != nil {
			return nil, err
		}
	}
	sim.principal, err = simulated(scope, caller)
	return sim, err
}

// compile reads documents, each named after the list that it came in and its place there.
func (sim *simulation) compile(kind policy.Kind, list string, documents []string) (all []*policy.Policy, err error) {
	for i, text := range documents {
		p, err := sim.one(kind, fmt.Sprintf("%s%d", list, i+1), text)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

func (sim *simulation) one(kind policy.Kind, id, text string) (*policy.Policy, error) {
	document, err := policy.Parse(kind, text)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Code: codeInvalidInput, Message: fault.From(err).Message}
	}
	for _, statement := range document.Statements() {
		for _, c := range statement.Conditions {
			sim.reads(c.Key)
		}
	}
	return document.Compile(id), nil
}

func (sim *simulation) reads(key string) {
	for _, known := range sim.read {
		if strings.EqualFold(known, key) {
			return
		}
	}
	sim.read = append(sim.read, key)
}

// source compiles what governs a user, role or group.
func (sim *simulation) source(tx Tx, p Principal) (identity, boundary []*policy.Policy, err error) {
	carriers := []Principal{p}
	if p.Kind == User {
		groups, err := tx.Groups(p.ID)
		if err != nil {
			return nil, nil, err
		}
		carriers = append(carriers, groups...)
	}
	for _, carrier := range carriers {
		carried, err := sim.carried(tx, carrier)
		if err != nil {
			return nil, nil, err
		}
		identity = append(identity, carried...)
	}
	if p.Boundary != "" {
		compiled, err := sim.managed(tx, p.Boundary)
		if err != nil {
			return nil, nil, err
		}
		boundary = []*policy.Policy{compiled}
	}
	return identity, boundary, nil
}

// carried compiles the identity policies that a principal carries itself.
func (sim *simulation) carried(tx Tx, p Principal) (all []*policy.Policy, err error) {
	inlines, err := tx.Inlines(p.ID)
	if err != nil {
		return nil, err
	}
	for _, inline := range inlines {
		compiled, err := sim.one(policy.Identity, string(p.Kind)+"_"+p.Name+"_"+inline.Name, inline.Document)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	attached, err := tx.Attachments(p.ID)
	if err != nil {
		return nil, err
	}
	for _, name := range attached {
		compiled, err := sim.managed(tx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, compiled)
	}
	return all, nil
}

func (sim *simulation) managed(tx Tx, policyARN string) (*policy.Policy, error) {
	text, err := ManagedDocument(tx, policyARN)
	if err != nil {
		return nil, err
	}
	return sim.one(policy.Identity, PolicyName(policyARN), text)
}

// byARN finds the user, role or group that an ARN names.
func byARN(tx Tx, scope Scope, principalARN string) (Principal, error) {
	absent := fault.New(fault.NotFound, "The entity with ARN %s cannot be found.", principalARN)
	parsed, err := arn.Parse(principalARN)
	if err != nil {
		return Principal{}, errBadARN()
	}
	kind, path, ok := strings.Cut(parsed.Resource, "/")
	if !ok || parsed.Service != "iam" || parsed.Account != scope.Account || kind != string(User) && kind != string(Role) && kind != string(Group) {
		return Principal{}, absent
	}
	p, err := tx.Principal(scope.Account, Kind(kind), path[strings.LastIndexByte(path, '/')+1:])
	if errors.Is(err, ErrNoRow) || err == nil && p.ARN(parsed.Partition) != principalARN {
		return Principal{}, absent
	}
	return p, err
}

// simulated gives the principal that a caller's ARN stands for; without one it is a user of the account.
func simulated(scope Scope, caller string) (policy.Principal, error) {
	if caller == "" {
		return policy.Principal{Kind: policy.User, Account: scope.Account, ARN: scope.ARN("user/simulated")}, nil
	}
	parsed, err := arn.Parse(caller)
	if err != nil {
		return policy.Principal{}, errBadARN()
	}
	p := policy.Principal{Kind: policy.User, Account: parsed.Account, ARN: caller}
	if name, ok := parsed.ResourceID("role"); ok && parsed.Service == "iam" {
		p.Kind, p.Issuer = policy.RoleSession, caller
		p.ARN = arn.ARN{Partition: parsed.Partition, Service: "sts", Account: parsed.Account, Resource: "assumed-role/" + PolicyName("/"+name) + "/simulated"}.String()
	}
	return p, nil
}
