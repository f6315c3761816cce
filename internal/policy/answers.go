package policy

import (
	"strconv"
	"strings"
)

// questions puts the conditions of statements to one request. It remembers the key that it read last, since conditions about the same key
// follow each other.
type questions struct {
	context *Context
	key     string
	values  []string
}

// answer is what a condition said. The zero value is that it was not asked yet.
type answer uint8

const (
	unasked answer = iota
	holds
	fails
)

// answers remembers what conditions said of one request, by their places: people write the same condition into many statements. It is
// empty where no two are the same.
type answers []answer

// inlineAnswers is where the answers of a small Set live.
type inlineAnswers [inlineBits]answer

// unanswered gives the answers of s before the first question, in room if they fit.
func (s *Set) unanswered(room *inlineAnswers) answers {
	if s.answers > len(room) {
		return make(answers, s.answers)
	}
	return room[:s.answers]
}

// hold reports whether all conditions of e are true of the request. What is known stands apart from q, so that it needs no memory of its own.
func (q *questions) hold(e *entry, known answers) bool {
	for i := range e.conditions {
		c := &e.conditions[i]
		if len(known) == 0 {
			if !q.ask(c, e.effect) {
				return false
			}
			continue
		}
		said := &known[e.places[i]]
		if *said == unasked {
			*said = fails
			if q.ask(c, e.effect) {
				*said = holds
			}
		}
		if *said == fails {
			return false
		}
	}
	return true
}

func (q *questions) ask(c *condition, effect Effect) bool {
	if c.key != q.key {
		q.key, q.values = c.key, q.context.values[c.key]
	}
	return c.holds(q.values, q.context, effect)
}

// place gives the conditions of all entries places, the same to those that say the same, and the number of places: 0 where no two share one.
func place(entries []entry) int {
	known, all := map[string]int{}, 0
	for i := range entries {
		e := &entries[i]
		e.places = make([]int, len(e.conditions))
		for j := range e.conditions {
			name := e.conditionName(j)
			at, ok := known[name]
			if !ok {
				at = len(known)
				known[name] = at
			}
			e.places[j] = at
			all++
		}
	}
	if len(known) == all {
		return 0
	}
	return len(known)
}

// conditionName gives a text that two conditions share only if they are true of the same requests: beside its own words the version says
// what is a variable, and the effect settles what cannot be compared.
func (e *entry) conditionName(i int) string {
	c := &e.source.Conditions[i]
	var b strings.Builder
	for _, part := range append([]string{e.policy.doc.version, strconv.Itoa(int(e.effect)), c.Operator, e.conditions[i].key}, c.Values...) {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
	}
	return b.String()
}
