package policy

import "strings"

// statement reads and compiles the statement at index i.
func (p *parser) statement(i int, n *node) *refusal {
	found, bad := elements(n, "a statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
	if bad != nil {
		return bad
	}
	s := &p.doc.statements[i]
	s.Index, s.Start = i, p.cursor.move(n.start)
	c := &p.doc.compiled[i]
	c.source = s
	for _, step := range []func() *refusal{
		func() *refusal { return p.sid(s, found["Sid"]) },
		func() *refusal { return p.effect(s, n, found["Effect"]) },
		func() *refusal { return p.principals(s, c, n, found) },
		func() *refusal { return p.actions(s, c, n, found) },
		func() *refusal { return p.resources(s, c, n, found) },
		func() *refusal { return p.conditions(s, c, found["Condition"]) },
	} {
		if bad := step(); bad != nil {
			return bad
		}
	}
	s.End = p.cursor.move(n.end)
	c.settle()
	return nil
}

func (p *parser) sid(s *Statement, n *node) *refusal {
	if n == nil {
		return nil
	}
	if n.form != formString {
		return refuse(n, "Syntax errors in policy: Sid must be a string, not %s", n.form)
	}
	plain := func(c rune) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
	if p.grammar.plainSid && strings.ContainsFunc(n.text, func(c rune) bool { return !plain(c) }) {
		return refuse(n, "Statement IDs (SID) must be alpha-numeric: %q does not match [0-9A-Za-z]*", n.text)
	}
	s.Sid = n.text
	return nil
}

func (p *parser) effect(s *Statement, at, n *node) *refusal {
	switch {
	case n == nil:
		return refuse(at, "Syntax errors in policy: the statement has no Effect")
	case n.form == formString && n.text == "Allow":
		s.Effect = Allow
	case n.form == formString && n.text == "Deny":
		s.Effect = Deny
	default:
		return refuse(n, "Syntax errors in policy: Effect must be \"Allow\" or \"Deny\", not %s", p.text[n.start:n.end])
	}
	return nil
}

// either gives the one of two exclusive elements that is present, or nil for neither.
func either(found map[string]*node, name string) (n *node, negated bool, bad *refusal) {
	positive, negative := found[name], found["Not"+name]
	if positive != nil && negative != nil {
		return nil, false, refuse(negative, "Syntax errors in policy: a statement cannot have both %s and Not%s", name, name)
	}
	if negative != nil {
		return negative, true, nil
	}
	return positive, false, nil
}

// texts reads a string or a list of at least one.
func texts(n *node, name string) ([]*node, *refusal) {
	items := []*node{n}
	if n.form == formArray {
		items = n.items
	}
	for _, item := range items {
		if item.form != formString {
			return nil, refuse(item, "Syntax errors in policy: %s must be a string or a list of strings, not %s", name, item.form)
		}
	}
	return items, nil
}

func (p *parser) actions(s *Statement, c *statement, at *node, found map[string]*node) *refusal {
	n, negated, bad := either(found, "Action")
	if bad != nil {
		return bad
	}
	if n == nil || n.form == formArray && len(n.items) == 0 {
		return refuse(at, "Policy statement must contain actions")
	}
	items, bad := texts(n, "Action")
	if bad != nil {
		return bad
	}
	var values []string
	for _, item := range items {
		if !validAction(item.text) {
			return refuse(item, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: %q is not of the form service:Action", item.text)
		}
		if p.kind == Trust && (negated || !strings.HasPrefix(strings.ToLower(item.text), "sts:")) {
			return refuse(item, "AssumeRole policy may only specify STS AssumeRole actions")
		}
		values = append(values, item.text)
		c.actions = append(c.actions, newGlob(strings.ToLower(item.text)))
	}
	c.notAction = negated
	if negated {
		s.NotActions = values
	} else {
		s.Actions = values
	}
	return nil
}

// validAction reports whether text is "*" or service:Action, either part with wildcards.
func validAction(text string) bool {
	service, action, ok := strings.Cut(text, ":")
	if text == "*" {
		return true
	}
	odd := func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-_.*?", c))
	}
	return ok && service != "" && action != "" && !strings.ContainsFunc(service, odd) && !strings.ContainsFunc(action, odd)
}

func (p *parser) resources(s *Statement, c *statement, at *node, found map[string]*node) *refusal {
	n, negated, bad := either(found, "Resource")
	if bad != nil {
		return bad
	}
	if p.grammar.resource == forbidden {
		if n != nil {
			return refuse(n, "Has prohibited field Resource: a %s policy is about what it is attached to", p.kind)
		}
		return nil
	}
	if n == nil || n.form == formArray && len(n.items) == 0 {
		return refuse(at, "Policy statement must contain resources")
	}
	items, bad := texts(n, "Resource")
	if bad != nil {
		return bad
	}
	var values []string
	for _, item := range items {
		t, bad := p.resource(item)
		if bad != nil {
			return bad
		}
		values = append(values, item.text)
		c.resources = append(c.resources, t)
	}
	c.notResource = negated
	if negated {
		s.NotResources = values
	} else {
		s.Resources = values
	}
	return nil
}

// resource compiles one value of Resource or NotResource.
func (p *parser) resource(n *node) (textPattern, *refusal) {
	parts := strings.SplitN(n.text, ":", 6)
	short := len(parts) < 6
	if n.text != "*" && (parts[0] != "arn" || short && !strings.Contains(n.text, "*")) {
		return textPattern{}, refuse(n, "Resource %s must be in ARN format or \"*\"", n.text)
	}
	toks, err := parseTemplate(n.text, syntax{wildcards: true, variables: p.doc.version == Version2012})
	if err != nil {
		return textPattern{}, refuse(n, "Syntax errors in policy: %v", err)
	}
	head := 0 // colons so far
	for _, t := range toks {
		if t.kind == tokVariable && head < 5 {
			return textPattern{}, refuse(n, "Syntax errors in policy: a variable may stand only after the fifth colon of a resource ARN")
		}
		head += strings.Count(t.text, ":")
	}
	return newTextPattern(toks), nil
}
