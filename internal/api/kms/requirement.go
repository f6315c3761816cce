package kms

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
)

// conditions are condition keys and their values.
type conditions map[string][]string

// onKey is the requirement of an action on the key that a caller names. What is known of the key goes with it; the handler finds out
// whether it exists.
func (s service) onKey(call *operation.Call, action string, named *string, more conditions) operation.Requirement {
	scope, key := scopeOf(call), text(named)
	r := operation.Requirement{Action: "kms:" + action, Resource: nominal(scope, key), Context: conditions{"kms:CallerAccount": {call.Account}}}
	if name, ok := aliasName(key); ok {
		r.Context["kms:RequestAlias"] = []string{name}
	}
	// The lookup is one of memory, or of the store's own folder.
	facts, err := s.keys.Facts(context.Background(), scope, key)
	if err == nil {
		r.Resource = facts.ARN()
		maps.Copy(r.Context, about(facts))
	}
	if owner, err := arn.Parse(r.Resource); err == nil && owner.Account != call.Account {
		r.Absent = fault.New(fault.NotFound, "Key '%s' does not exist", r.Resource)
	}
	maps.Copy(r.Context, more)
	r.Lookup = func(ctx context.Context) (operation.ResourceSide, error) { return s.side(ctx, call, &r) }
	return r
}

// side gives what the key that r is about says of the call. Of a key that is not there the caller's own policies decide, so that the
// handler tells those who may ask.
func (s service) side(ctx context.Context, call *operation.Call, r *operation.Requirement) (operation.ResourceSide, error) {
	query := kms.QueryOf(r.Action, r.Resource, r.Context)
	if call.SourceARN != "" {
		query.SourceARN = call.SourceARN
	}
	access, err := s.keys.Access(ctx, scopeOf(call), query)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		return operation.ResourceSide{}, nil
	}
	if err != nil {
		return operation.ResourceSide{}, err
	}
	return operation.ResourceSide{
		Policy: access.Policy, Grants: access.Grants,
		Tags: func(context.Context) (map[string]string, error) {
			tags := make(map[string]string, len(access.Tags))
			for _, t := range access.Tags {
				tags[t.Key] = t.Value
			}
			return tags, nil
		},
	}, nil
}

// about gives the condition keys that a key itself has.
func about(f kms.Facts) conditions {
	c := conditions{
		"kms:KeySpec": {string(f.Spec)}, "kms:KeyUsage": {string(f.Usage)}, "kms:KeyOrigin": {string(f.Origin)},
		"kms:MultiRegion": {strconv.FormatBool(f.MultiRegion)},
	}
	if f.MultiRegion {
		c["kms:MultiRegionKeyType"] = []string{"PRIMARY"}
	}
	if len(f.Aliases) > 0 {
		c["kms:ResourceAliases"] = f.Aliases
	}
	for _, t := range f.Tags {
		c["aws:ResourceTag/"+t.Key] = []string{t.Value}
	}
	return c
}

// nominal gives the ARN that a key would have under a caller's name for it.
func nominal(scope kms.Scope, key string) string {
	switch {
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return scope.AliasARN(key)
	default:
		return scope.ARN(key)
	}
}

// aliasName gives the alias in a caller's name for a key.
func aliasName(key string) (string, bool) {
	if named, err := arn.Parse(key); err == nil {
		key = named.Resource
	}
	return key, strings.HasPrefix(key, "alias/")
}

// just makes a function that requires one action on one key, without further conditions.
func just[In any](s service, action string, key func(In) *string) func(*operation.Call, In) []operation.Requirement {
	return func(call *operation.Call, in In) []operation.Requirement {
		return []operation.Requirement{s.onKey(call, action, key(in), nil)}
	}
}

// onAll is the requirement of an action that is on no key.
func onAll(call *operation.Call, action string, more conditions) []operation.Requirement {
	c := conditions{"kms:CallerAccount": {call.Account}}
	maps.Copy(c, more)
	return []operation.Requirement{{Action: "kms:" + action, Resource: "*", Context: c}}
}

// contextual gives the condition keys of an encryption context.
func contextual(pairs map[string]string, more conditions) conditions {
	c := conditions{}
	maps.Copy(c, more)
	for name, value := range pairs {
		c[kms.ConditionContext+name] = []string{value}
	}
	if len(pairs) > 0 {
		c[kms.ConditionContextKeys] = slices.Sorted(maps.Keys(pairs))
	}
	return c
}

// set adds a condition key where it has a value.
func (c conditions) set(name, value string) conditions {
	if value != "" {
		c[name] = []string{value}
	}
	return c
}
