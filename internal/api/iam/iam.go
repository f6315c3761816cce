// Package iam serves AWS Identity and Access Management: it turns wire requests into calls of the identity domain and their answers back.
//
// Users, roles and groups have the same operations on policies, users and roles the same on boundaries and tags: they end in the same calls.
package iam

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// maxBody bounds a request in bytes: a simulation may carry many documents of 131,072 characters, which a form writes in three bytes each.
const maxBody = 2 << 20

// service holds what the operations work with.
type service struct {
	identities *iam.Service
	directory  *directory.Directory
}

// New gives the operations of the service.
func New(identities *iam.Service, d *directory.Directory) operation.Service {
	s := service{identities, d}
	return operation.Service{
		Schema:     wire.Service,
		Operations: s.operations(),
		Codes: map[fault.Kind]string{
			fault.Invalid:     "ValidationError",
			fault.Malformed:   "ValidationError",
			fault.NotFound:    "NoSuchEntity",
			fault.Conflict:    "EntityAlreadyExists",
			fault.InUse:       "DeleteConflict",
			fault.OverQuota:   "LimitExceeded",
			fault.TooManyTags: "LimitExceeded",
			fault.Denied:      "AccessDenied",
			fault.Unavailable: "ServiceFailure",
			fault.Timeout:     "ServiceFailure",
			fault.Internal:    "ServiceFailure",
		},
	}
}

func (s service) operations() []operation.Operation {
	return []operation.Operation{
		s.createUser(), s.getUser(), s.listUsers(), s.updateUser(), s.deleteUser(), s.tagUser(), s.untagUser(), s.listUserTags(),
		s.createAccessKey(), s.listAccessKeys(), s.updateAccessKey(), s.deleteAccessKey(), s.getAccessKeyLastUsed(),
		s.createServiceSpecificCredential(), s.listServiceSpecificCredentials(), s.updateServiceSpecificCredential(),
		s.resetServiceSpecificCredential(), s.deleteServiceSpecificCredential(),
		s.createRole(), s.getRole(), s.listRoles(), s.updateRole(), s.updateRoleDescription(), s.deleteRole(), s.updateAssumeRolePolicy(),
		s.tagRole(), s.untagRole(), s.listRoleTags(), s.createServiceLinkedRole(),
		s.createGroup(), s.getGroup(), s.listGroups(), s.updateGroup(), s.deleteGroup(), s.addUserToGroup(), s.removeUserFromGroup(), s.listGroupsForUser(),
		s.putRolePolicy(), s.getRolePolicy(), s.deleteRolePolicy(), s.listRolePolicies(),
		s.putUserPolicy(), s.getUserPolicy(), s.deleteUserPolicy(), s.listUserPolicies(),
		s.putGroupPolicy(), s.getGroupPolicy(), s.deleteGroupPolicy(), s.listGroupPolicies(),
		s.createPolicy(), s.getPolicy(), s.listPolicies(), s.deletePolicy(), s.tagPolicy(), s.untagPolicy(), s.listPolicyTags(),
		s.listEntitiesForPolicy(),
		s.createPolicyVersion(), s.getPolicyVersion(), s.listPolicyVersions(), s.setDefaultPolicyVersion(), s.deletePolicyVersion(),
		s.attachRolePolicy(), s.detachRolePolicy(), s.listAttachedRolePolicies(),
		s.attachUserPolicy(), s.detachUserPolicy(), s.listAttachedUserPolicies(),
		s.attachGroupPolicy(), s.detachGroupPolicy(), s.listAttachedGroupPolicies(),
		s.putRolePermissionsBoundary(), s.deleteRolePermissionsBoundary(), s.putUserPermissionsBoundary(), s.deleteUserPermissionsBoundary(),
		s.simulateCustomPolicy(), s.simulatePrincipalPolicy(), s.getAccountAuthorizationDetails(),
	}
}

// define makes an operation of its description, what it needs and what it does.
func define[In, Out codec.Shape](
	schema *codec.Operation, effect operation.Effect,
	needs func(*operation.Call, In) []operation.Requirement,
	handle func(context.Context, *operation.Call, In) (Out, error),
) operation.Operation {
	return operation.Operation{
		Schema: schema, Audit: operation.Management, Effect: effect, BodyLimit: maxBody,
		Requires: func(call *operation.Call, in codec.Shape) []operation.Requirement { return needs(call, in.(In)) },
		Handle:   operation.Typed(handle),
	}
}

// done is the answer of operations that have none.
func done(err error) (*codec.Empty, error) {
	if err != nil {
		return nil, err
	}
	return &codec.Empty{}, nil
}

// scopeOf gives the account of the caller.
func scopeOf(call *operation.Call) iam.Scope {
	return iam.Scope{Partition: call.Partition, Account: call.Account}
}

// keys are condition keys of a call.
type keys map[string][]string

func (k keys) with(key string, value *string) keys {
	if value != nil {
		k[key] = []string{*value}
	}
	return k
}

func (k keys) tags(tags []wire.Tag) keys {
	for _, t := range tags {
		k["aws:RequestTag/"+text(t.Key)] = []string{text(t.Value)}
		k["aws:TagKeys"] = append(k["aws:TagKeys"], text(t.Key))
	}
	return k
}

// on is the requirement of an action on a user, role or group. Its path, which is a part of the ARN, is looked up when the caller is judged.
func (s service) on(call *operation.Call, action string, kind iam.Kind, name string, known keys) operation.Requirement {
	scope := scopeOf(call)
	return operation.Requirement{
		Action: "iam:" + action, Resource: scope.ARN(string(kind) + "/" + name), Context: known,
		Lookup: func(ctx context.Context) (operation.ResourceSide, error) {
			p, err := s.directory.Named(ctx, call.Account, kind, name)
			if errors.Is(err, directory.ErrUnknown) {
				return operation.ResourceSide{}, nil
			}
			if err != nil {
				return operation.ResourceSide{}, err
			}
			return operation.ResourceSide{ARN: p.ARN(scope.Partition), Tags: tagMap(p.Tags)}, nil
		},
	}
}

func tagMap(tags []iam.Tag) func(context.Context) (map[string]string, error) {
	return func(context.Context) (map[string]string, error) {
		named := make(map[string]string, len(tags))
		for _, t := range tags {
			named[t.Key] = t.Value
		}
		return named, nil
	}
}

// made is the requirement of an action that makes something, and of tagging it where it gets tags.
func made(call *operation.Call, action, tagAction, resource string, known keys, tags []wire.Tag) []operation.Requirement {
	needed := []operation.Requirement{{Action: "iam:" + action, Resource: scopeOf(call).ARN(resource), Context: known.tags(tags)}}
	if len(tags) > 0 {
		needed = append(needed, operation.Requirement{Action: "iam:" + tagAction, Resource: scopeOf(call).ARN(resource), Context: known})
	}
	return needed
}

// all is the requirement of an action on everything of a kind.
func all(call *operation.Call, action, resource string) []operation.Requirement {
	return []operation.Requirement{{Action: "iam:" + action, Resource: scopeOf(call).ARN(resource)}}
}

// text gives the string, or "" where it is absent.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// optional gives nil for an empty text.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// document writes a policy the way IAM's answers carry it.
func document(text string) *string {
	return new(strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))
}

// resourcePath gives path and name as an ARN has them.
func resourcePath(path *string, name string) string {
	if path == nil {
		return "/" + name
	}
	return *path + name
}
