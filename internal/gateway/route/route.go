// Package route finds the operation that an HTTP request calls, by its method, its still escaped path and its query.
//
// Templates are those of the service models: "/guardrails/{guardrailIdentifier}", with labels for one segment, greedy labels for one or
// more ("{Key+}"), and literals in the query ("/{Bucket}?acl", "/{Bucket}?list-type=2"). A segment may be empty, "//" is never cleaned
// away, and an empty segment is an empty label.
//
// Where several templates match, the most specific one wins: segment by segment from the left a literal beats a label and a label beats a
// greedy one; among equal paths the one with more query literals wins.
package route

import (
	"fmt"
	"slices"
	"strings"
)

// MaxLabels is how many labels a template may have.
const MaxLabels = 8

// Tree holds templates. Build it with Add; from then on it is safe for concurrent use.
type Tree[T any] struct{ root node[T] }

// node is reached by the segments on the way to it.
type node[T any] struct {
	literals map[string]*node[T]
	label    *node[T]
	greedy   []greedy[T]
	targets  []target[T]
}

// greedy is a greedy label and the literal segments that follow it, joined.
type greedy[T any] struct {
	suffix  string // "" or "/a/b"
	targets []target[T]
}

type target[T any] struct {
	method string
	query  []literal
	value  T
}

// literal is a query parameter that must be there; with exact also its value is given.
type literal struct {
	name, value string
	exact       bool
}

// Add puts a template in. A template that matches exactly the same requests as an earlier one is an error, as is a malformed one.
func (t *Tree[T]) Add(method, template string, value T) error {
	path, query, _ := strings.Cut(template, "?")
	if !strings.HasPrefix(path, "/") {
		return fmt.Errorf("route %s %s: no leading slash", method, template)
	}
	wanted := target[T]{method: method, query: literals(query), value: value}
	segments := strings.Split(path[1:], "/")
	if strings.Count(path, "{") > MaxLabels {
		return fmt.Errorf("route %s %s: more than %d labels", method, template, MaxLabels)
	}
	n := &t.root
	for i, segment := range segments {
		switch {
		case strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "+}"):
			rest := strings.Join(append([]string{""}, segments[i+1:]...), "/")
			if strings.Contains(rest, "{") {
				return fmt.Errorf("route %s %s: a label after a greedy one", method, template)
			}
			return wanted.join(n.after(rest), template)
		case strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}"):
			if n.label == nil {
				n.label = &node[T]{}
			}
			n = n.label
		case strings.ContainsAny(segment, "{}"):
			return fmt.Errorf("route %s %s: a label is a whole segment", method, template)
		default:
			if n.literals == nil {
				n.literals = map[string]*node[T]{}
			}
			if n.literals[segment] == nil {
				n.literals[segment] = &node[T]{}
			}
			n = n.literals[segment]
		}
	}
	return wanted.join(&n.targets, template)
}

// after gives the targets of the greedy label with this suffix, longer suffixes standing first.
func (n *node[T]) after(suffix string) *[]target[T] {
	at := slices.IndexFunc(n.greedy, func(g greedy[T]) bool { return g.suffix == suffix })
	if at < 0 {
		at = slices.IndexFunc(n.greedy, func(g greedy[T]) bool { return len(g.suffix) < len(suffix) })
		if at < 0 {
			at = len(n.greedy)
		}
		n.greedy = slices.Insert(n.greedy, at, greedy[T]{suffix: suffix})
	}
	return &n.greedy[at].targets
}

// join adds a target in front of those with fewer query literals.
func (wanted target[T]) join(targets *[]target[T], template string) error {
	at := len(*targets)
	for i, other := range *targets {
		if other.method == wanted.method && slices.Equal(other.query, wanted.query) {
			return fmt.Errorf("route %s %s: already taken", wanted.method, template)
		}
		if at == len(*targets) && len(other.query) < len(wanted.query) {
			at = i
		}
	}
	*targets = slices.Insert(*targets, at, wanted)
	return nil
}

func literals(query string) (out []literal) {
	if query == "" {
		return nil
	}
	for part := range strings.SplitSeq(query, "&") {
		name, value, exact := strings.Cut(part, "=")
		out = append(out, literal{name, value, exact})
	}
	slices.SortFunc(out, func(a, b literal) int { return strings.Compare(a.name+"="+a.value, b.name+"="+b.value) })
	return out
}

// Find gives the value of the most specific template that matches, and the labels of the path, still escaped, in the order of the
// template, appended to labels.
func (t *Tree[T]) Find(method, escapedPath, rawQuery string, labels []string) (value T, found []string, ok bool) {
	if !strings.HasPrefix(escapedPath, "/") {
		return value, labels, false
	}
	s := search{method, rawQuery}
	hit, labels := find(&t.root, s, escapedPath[1:], labels)
	if hit == nil {
		return value, labels, false
	}
	return hit.value, labels, true
}

type search struct{ method, query string }

// find matches rest, which begins with a segment, below n.
func find[T any](n *node[T], s search, rest string, labels []string) (*target[T], []string) {
	segment, tail, more := strings.Cut(rest, "/")
	next := func(child *node[T], labels []string) (*target[T], []string) {
		if more {
			return find(child, s, tail, labels)
		}
		return pick(child.targets, s), labels
	}
	if child := n.literals[segment]; child != nil {
		if hit, labels := next(child, labels); hit != nil {
			return hit, labels
		}
	}
	if n.label != nil {
		if hit, labels := next(n.label, append(labels, segment)); hit != nil {
			return hit, labels
		}
	}
	for _, g := range n.greedy {
		// The suffix begins with a slash, so that a label in front of it is at least one segment, be it an empty one.
		if label, ok := strings.CutSuffix(rest, g.suffix); ok {
			if hit := pick(g.targets, s); hit != nil {
				return hit, append(labels, label)
			}
		}
	}
	return nil, labels
}

func pick[T any](targets []target[T], s search) *target[T] {
	for i := range targets {
		if targets[i].method == s.method && matches(targets[i].query, s.query) {
			return &targets[i]
		}
	}
	return nil
}

func matches(wanted []literal, rawQuery string) bool {
	for _, l := range wanted {
		if !has(rawQuery, l) {
			return false
		}
	}
	return true
}

func has(rawQuery string, l literal) bool {
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == l.name && (!l.exact || value == l.value) {
			return true
		}
	}
	return false
}
