package policytest

import (
	"fmt"

	"merlon.dev/merlon/internal/policy"
)

// World is everything that a decision depends on but the request: policy texts by what they serve as. A nil slice means that
// there is no such policy, an empty one that it allows nothing.
type World struct {
	Identity        []string
	Boundary        []string
	Session         []string
	ServiceControl  [][]string // one slice for each level
	ResourceControl [][]string
	Endpoint        []string
	Resource        []string
	ResourceKind    policy.Kind // policy.Resource, policy.Key or policy.Trust
	Grants          []policy.Grant
}

// Compile gives the world to the compiled evaluator. Policies are named kind/place, levels kind/level/place.
func (w World) Compile() (*policy.Inputs, error) {
	in := &policy.Inputs{Grants: w.Grants}
	for _, part := range []struct {
		to    **policy.Set
		kind  policy.Kind
		texts []string
	}{
		{&in.Identity, policy.Identity, w.Identity},
		{&in.Boundary, policy.Boundary, w.Boundary},
		{&in.Session, policy.Session, w.Session},
		{&in.Endpoint, policy.Endpoint, w.Endpoint},
		{&in.Resource, w.ResourceKind, w.Resource},
	} {
		if part.texts == nil {
			continue
		}
		set, err := compile(part.kind, part.texts)
		if err != nil {
			return nil, err
		}
		*part.to = set
	}
	var err error
	if in.ServiceControl, err = levels(policy.ServiceControl, w.ServiceControl); err != nil {
		return nil, err
	}
	in.ResourceControl, err = levels(policy.ResourceControl, w.ResourceControl)
	return in, err
}

func levels(kind policy.Kind, texts [][]string) ([]*policy.Set, error) {
	var sets []*policy.Set
	for _, level := range texts {
		set, err := compile(kind, level)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

func compile(kind policy.Kind, texts []string) (*policy.Set, error) {
	var policies []*policy.Policy
	for i, text := range texts {
		doc, err := policy.Parse(kind, text)
		if err != nil {
			return nil, fmt.Errorf("%w in %s", err, text)
		}
		policies = append(policies, doc.Compile(fmt.Sprintf("%s/%d", kind, i)))
	}
	return policy.NewSet(kind, policies...)
}
