package iam

import (
	"slices"
	"strings"

	"merlon.dev/merlon/internal/iam"
	wire "merlon.dev/merlon/internal/wire/iam"
)

// entities maps the users of a policy, each once: users, roles, groups.
func entities(found []iam.Principal, filter *wire.EntityType, prefix string, page iam.Page) *wire.ListEntitiesForPolicyResponse {
	order := map[iam.Kind]string{iam.User: "1/", iam.Role: "2/", iam.Group: "3/"}
	place := func(p iam.Principal) string { return order[p.Kind] + strings.ToLower(p.Name) }
	kinds := map[wire.EntityType]iam.Kind{wire.EntityTypeUser: iam.User, wire.EntityTypeRole: iam.Role, wire.EntityTypeGroup: iam.Group}
	found = slices.DeleteFunc(slices.Clone(found), func(p iam.Principal) bool {
		wanted := filter == nil || kinds[*filter] == p.Kind
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
		switch p.Kind {
		case iam.User:
			out.PolicyUsers = append(out.PolicyUsers, wire.PolicyUser{UserName: &p.Name, UserId: &p.ID})
		case iam.Role:
			out.PolicyRoles = append(out.PolicyRoles, wire.PolicyRole{RoleName: &p.Name, RoleId: &p.ID})
		case iam.Group:
			out.PolicyGroups = append(out.PolicyGroups, wire.PolicyGroup{GroupName: &p.Name, GroupId: &p.ID})
		}
	}
	out.Marker, out.IsTruncated = markerOf(next)
	return out
}
