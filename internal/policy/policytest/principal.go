package policytest

import (
	"strings"

	"merlon.dev/merlon/internal/policy"
)

// each calls f for every type and text of a Principal element.
func each(element any, f func(kind, text string)) {
	if text, ok := element.(string); ok {
		f("AWS", text)
		return
	}
	for kind, v := range element.(map[string]any) {
		for _, text := range values(v) {
			f(kind, text)
		}
	}
}

func principalNames(element any, p policy.Principal) names {
	var how names
	each(element, func(kind, text string) { how.add(nameOf(kind, text, p)) })
	return how
}

// nameOf says how one text of a Principal element names p.
func nameOf(kind, text string, p policy.Principal) names {
	person := p.Kind == policy.User || p.Kind == policy.RoleSession || p.Kind == policy.FederatedUser
	switch kind {
	case "Service":
		return names{itself: p.Kind == policy.Service && text == p.Name}
	case "Federated":
		return names{itself: p.Kind == policy.Provider && text == p.Name}
	case "CanonicalUser":
		belongs := text == p.CanonicalUser && p.CanonicalUser != ""
		return names{itself: belongs && p.Kind == policy.Root, account: belongs && person}
	}
	if text == "*" {
		return names{itself: true}
	}
	if strings.HasPrefix(text, "arn:") && strings.HasSuffix(text, ":root") {
		text = strings.Split(text, ":")[4]
	}
	return names{
		itself:  person && text == p.ARN || p.Kind == policy.Root && text == p.Account,
		issuer:  (p.Kind == policy.RoleSession || p.Kind == policy.FederatedUser) && text == p.Issuer,
		account: person && text == p.Account,
	}
}

// spared reports whether NotPrincipal lists every form of p.
func spared(element any, p policy.Principal) bool {
	how := principalNames(element, p)
	all := false
	each(element, func(kind, text string) { all = all || kind == "AWS" && text == "*" })
	switch {
	case all:
		return true
	case p.Kind == policy.User:
		return how.itself && how.account
	case p.Kind == policy.RoleSession || p.Kind == policy.FederatedUser:
		return how.itself && how.issuer && how.account
	default:
		return how.itself
	}
}
