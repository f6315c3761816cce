package policy

import "slices"

// condition is one key of one operator, compiled.
type condition struct {
	key        string // folded
	quantifier quantifier
	ifExists   bool
	negated    bool
	// null is set for the Null operator, which has wants in place of values: whether the key has to be absent.
	null   bool
	wants  []bool
	values []comparer
}

// holds reports whether c is true of ctx, which has these values of c's key. effect is that of the statement: it settles what cannot be
// compared (see the package comment).
func (c *condition) holds(values []string, ctx *Context, effect Effect) bool {
	if c.null {
		return slices.Contains(c.wants, len(values) == 0)
	}
	if c.quantifier == plain && len(values) == 1 { // as most are
		return c.holdsFor(values[0], ctx, effect)
	}
	if c.quantifier != plain && !slices.ContainsFunc(values, func(v string) bool { return v != "" }) {
		values = nil // a set qualifier takes an empty text for an empty set
	}
	if len(values) == 0 {
		return c.ifExists || c.quantifier == forAllValues || c.negated && c.quantifier == plain
	}
	// Negated operators hold for a key with several values when they hold for each.
	all := c.quantifier == forAllValues || c.quantifier == plain && c.negated
	for _, v := range values {
		if c.holdsFor(v, ctx, effect) != all {
			return !all
		}
	}
	return all
}

// holdsFor reports whether c is true of one value of its key.
func (c *condition) holdsFor(value string, ctx *Context, effect Effect) bool {
	uncertain := false
	for _, v := range c.values {
		switch v.compare(value, ctx) {
		case yes:
			return !c.negated
		case unknown:
			uncertain = true
		case no:
		}
	}
	if uncertain {
		return c.negated && effect == Deny
	}
	return c.negated
}
