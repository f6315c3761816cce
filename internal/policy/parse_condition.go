package policy

import "strings"

// conditions reads a Condition element: operators, each with keys, each with values.
func (p *parser) conditions(s *Statement, c *statement, n *node) *refusal {
	if n == nil {
		return nil
	}
	if n.form != formObject {
		return refuse(n, "Syntax errors in policy: Condition must be an object, not %s", n.form)
	}
	for _, m := range n.members {
		if m.value.form != formObject {
			return refuse(m.value, "Syntax errors in policy: the condition operator %q must hold an object of keys, not %s", m.name, m.value.form)
		}
		base, name, ok := parseOperator(m.name)
		if !ok {
			return &refusal{m.at, "Syntax errors in policy: there is no condition operator \"" + m.name + "\""}
		}
		for _, key := range m.value.members {
			if !validKey(key.name) {
				return &refusal{key.at, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: \"" + key.name + "\" is not a condition key"}
			}
			compiled := base
			compiled.key = fold(key.name)
			values, bad := p.conditionValues(&compiled, name, key.value)
			if bad != nil {
				return bad
			}
			c.conditions = append(c.conditions, compiled)
			s.Conditions = append(s.Conditions, Condition{m.name, key.name, values, p.cursor.move(key.at)})
		}
	}
	return nil
}

// parseOperator splits an operator's name into what qualifies it and the operator that is left.
func parseOperator(text string) (c condition, name string, ok bool) {
	name = text
	if rest, found := strings.CutPrefix(name, "ForAllValues:"); found {
		c.quantifier, name = forAllValues, rest
	} else if rest, found := strings.CutPrefix(name, "ForAnyValue:"); found {
		c.quantifier, name = forAnyValue, rest
	}
	if name == "Null" {
		c.null = true
		return c, name, c.quantifier == plain
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	op, ok := operatorOf(name)
	c.negated = op.negated
	return c, name, ok
}

// conditionValues compiles the values of one key.
func (p *parser) conditionValues(c *condition, name string, n *node) ([]string, *refusal) {
	items := []*node{n}
	if n.form == formArray {
		items = n.items
	}
	values := make([]string, 0, len(items))
	for _, item := range items {
		if item.form != formString && item.form != formNumber && item.form != formBool {
			return nil, refuse(item, "Syntax errors in policy: a condition's value must be a string, a number or a boolean, not %s", item.form)
		}
		values = append(values, item.text)
		if c.null {
			want, ok := parseBool(item.text)
			if !ok {
				return nil, refuse(item, "Syntax errors in policy: %q is no value for Null: neither \"true\" nor \"false\"", item.text)
			}
			c.wants = append(c.wants, want)
			continue
		}
		op, _ := operatorOf(name)
		toks, err := parseTemplate(item.text, syntax{wildcards: op.wildcards, variables: op.variables && p.doc.version == Version2012})
		if err != nil {
			return nil, refuse(item, "Syntax errors in policy: %v", err)
		}
		v, err := op.parse(item.text, toks)
		if err != nil {
			return nil, refuse(item, "Syntax errors in policy: %q is no value for %s: %v", item.text, name, err)
		}
		if r, ok := v.(ranges); ok && len(c.values) > 0 {
			c.values[0] = append(c.values[0].(ranges), r...)
			continue
		}
		c.values = append(c.values, v)
	}
	return values, nil
}
