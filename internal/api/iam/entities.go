package iam

import (
	"slices"
	"strings"

	"merlon.dev/merlon/internal/iam"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// entities maps the users of a policy, each once, users before roles.
func entities(found []iam.Principal, filter *wire.EntityType, prefix string, page iam.Page) *wire.ListEntitiesForPolicyResponse {
	place := func(p iam.Principal) string {
		if p.Kind == iam.User {
			return "1/" + strings.ToLower(p.Name)
		}
		return "2/" + strings.ToLower(p.Name)
	}
	found = slices.DeleteFunc(slices.Clone(found), func(p iam.Principal) bool {
		wanted := filter == nil || *filter == wire.EntityTypeUser && p.Kind == iam.User || *filter == wire.EntityTypeRole && p.Kind == iam.Role
		return !wanted || !strings.HasPrefix(p.Path, prefix) || place(p) <= page.After
	})
	slices.SortFunc(found, func(a, b iam.Principal) int { return strings.Compare(place(a), place(b)) })
	found = slices.CompactFunc(found, func(a, b iam.Principal) bool { return a.ID == b.ID })
	out := &wire.ListEntitiesForPolicyResponse{PolicyGroups: []wire.PolicyGroup{}, PolicyUsers: []wire.PolicyUser{}, PolicyRoles: []wire.PolicyRole{}}
	next := ""
	if len(found) > page.Limit {
		found = found[:page.Limit]
		next = place(found[page.Limit-1])
	}
	for _, p := range found {
		if p.Kind == iam.User {
			out.PolicyUsers = append(out.PolicyUsers, wire.PolicyUser{UserName: &p.Name, UserId: &p.ID})
		} else {
			out.PolicyRoles = append(out.PolicyRoles, wire.PolicyRole{RoleName: &p.Name, RoleId: &p.ID})
		}
	}
	out.Marker, out.IsTruncated = markerOf(next)
	return out
}
