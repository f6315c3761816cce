package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// names gives every generated thing its Go name, each once.
type names struct {
	taken  map[string]bool
	shapes map[string]string            // shape -> Go name
	ops    map[string]string            // operation -> Go name
	enums  map[string]map[string]string // enum shape -> value -> constant
}

// named chooses the names in a fixed order: shapes, operations, enum constants.
func (m *model) named(r *reach, served []string) *names {
	n := &names{taken: map[string]bool{"Service": true}, shapes: map[string]string{}, ops: map[string]string{}, enums: map[string]map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(m.Shapes)) {
		if r.shapes[name] {
			n.shapes[name] = n.take(exported(name), "Shape")
		}
	}
	for _, name := range served {
		n.ops[name] = n.take(exported(name), "Operation")
	}
	for _, name := range r.sorted() {
		s := m.Shapes[name]
		if len(s.Enum) == 0 || s.Type != "string" {
			continue
		}
		n.enums[name] = map[string]string{}
		for _, value := range s.Enum {
			n.enums[name][value] = n.take(n.shapes[name]+camel(value), "Value")
		}
	}
	return n
}

// take claims a name; where it is taken already it appends a word, and then numbers.
func (n *names) take(name, word string) string {
	for i, base := 1, name; n.taken[name]; i++ {
		name = base + word
		if i > 1 {
			name = fmt.Sprintf("%s%s%d", base, word, i)
		}
	}
	n.taken[name] = true
	return name
}

// exported makes a Go identifier of a shape's, member's or operation's name.
func exported(name string) string {
	name = strings.TrimLeft(strings.ReplaceAll(name, "-", "_"), "_")
	return strings.ToUpper(name[:1]) + name[1:]
}

// field is exported for a member, out of the way of Shape's methods.
func field(name string) string {
	switch f := exported(name); f {
	case "Schema", "Encode", "Decode", "Check":
		return f + "Member"
	default:
		return f
	}
}

// camel makes a constant's ending of an enum value: PROMPT_ATTACK becomes PromptAttack, us-east-1 UsEast1, InProgress stays.
func camel(value string) string {
	if value == "" {
		return "Empty"
	}
	var b strings.Builder
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		rest := word[1:]
		if strings.ToUpper(word) == word {
			rest = strings.ToLower(rest)
		}
		b.WriteString(strings.ToUpper(word[:1]) + rest)
	}
	if b.Len() == 0 {
		return "Symbol"
	}
	return b.String()
}
