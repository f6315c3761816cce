package policy

import "strings"

// principals reads Principal or NotPrincipal.
func (p *parser) principals(s *Statement, c *statement, at *node, found map[string]*node) *refusal {
	n, negated, bad := either(found, "Principal")
	if bad != nil {
		return bad
	}
	if p.grammar.principal == forbidden {
		if n != nil {
			return refuse(n, "Policy document should not specify a principal: a %s policy applies to what it is attached to", p.kind)
		}
		return nil
	}
	if n == nil {
		return refuse(at, "Missing required field Principal")
	}
	if negated && s.Effect == Allow {
		return refuse(n, "Syntax errors in policy: NotPrincipal works with \"Effect\": \"Deny\" only")
	}
	list := &Principals{}
	if bad := list.read(n, &c.principals); bad != nil {
		return bad
	}
	if p.kind == ResourceControl && (negated || len(c.principals) != 1 || !list.Everyone) {
		return refuse(n, "Syntax errors in policy: the Principal of a resource control policy must be \"*\"")
	}
	c.notPrincipal = negated
	if negated {
		s.NotPrincipal = list
	} else {
		s.Principal = list
	}
	return nil
}

// read fills l and the compiled entries from n.
func (l *Principals) read(n *node, entries *[]principalEntry) *refusal {
	if n.form == formString && n.text == "*" {
		l.Everyone = true
		*entries = append(*entries, principalEntry{form: everyone})
		return nil
	}
	if n.form == formString {
		return refuse(n, "Invalid principal in policy: %q: write \"*\" or an object such as {\"AWS\": ...}", n.text)
	}
	types := map[string]*[]string{"AWS": &l.AWS, "Service": &l.Service, "Federated": &l.Federated, "CanonicalUser": &l.CanonicalUser}
	if _, bad := elements(n, "Principal", "AWS", "Service", "Federated", "CanonicalUser"); bad != nil {
		return bad
	}
	for _, m := range n.members {
		items, bad := texts(m.value, m.name)
		if bad != nil {
			return bad
		}
		for _, item := range items {
			entry, ok := parsePrincipal(m.name, item.text)
			if !ok {
				return refuse(item, "Invalid principal in policy: %q:%q", m.name, item.text)
			}
			*entries = append(*entries, entry)
			if entry.form == everyone {
				l.Everyone = true
			} else {
				*types[m.name] = append(*types[m.name], item.text)
			}
		}
	}
	if len(*entries) == 0 {
		return refuse(n, "Invalid principal in policy: no principal is named")
	}
	return nil
}

// parsePrincipal reads one principal of a type (AWS, Service, Federated or CanonicalUser). Wildcards are not taken, apart from
// "*" as everyone.
func parsePrincipal(kind, text string) (principalEntry, bool) {
	if kind == "AWS" && text == "*" {
		return principalEntry{form: everyone}, true
	}
	if text == "" || strings.ContainsAny(text, "*?$ ") {
		return principalEntry{}, false
	}
	switch kind {
	case "AWS":
		return parseAWSPrincipal(text)
	case "Service":
		return principalEntry{service, text}, strings.Contains(text, ".") && text == strings.ToLower(text)
	case "Federated":
		return principalEntry{provider, text}, true
	case "CanonicalUser":
		return principalEntry{canonicalUser, text}, true
	default:
		return principalEntry{}, false
	}
}

// parseAWSPrincipal reads an account id, or the ARN of an account's root, a user, a role, a role session or a federated user.
func parseAWSPrincipal(text string) (principalEntry, bool) {
	if isAccount(text) {
		return principalEntry{account, text}, true
	}
	parts := strings.Split(text, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[3] != "" || !isAccount(parts[4]) {
		return principalEntry{}, false
	}
	name := strings.Split(parts[5], "/")
	named := len(name) >= 2 && name[len(name)-1] != ""
	switch {
	case parts[2] == "iam" && parts[5] == "root":
		return principalEntry{account, parts[4]}, true
	case parts[2] == "iam" && (name[0] == "user" || name[0] == "role"):
		return principalEntry{entity, text}, named
	case parts[2] == "sts" && name[0] == "assumed-role":
		return principalEntry{entity, text}, named && len(name) == 3 && name[1] != ""
	case parts[2] == "sts" && name[0] == "federated-user":
		return principalEntry{entity, text}, named && len(name) == 2
	default:
		return principalEntry{}, false
	}
}

// isAccount reports whether text is an account id: 12 digits.
func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}
