package policy

import (
	"fmt"
	"unicode/utf8"

	"merlon.dev/merlon/internal/fault"
)

// The wire codes that IAM and STS give to documents that Parse refuses. Services with other codes of their own replace them.
const (
	CodeMalformed = "MalformedPolicyDocument"
	CodeTooLarge  = "LimitExceeded"
)

// Position is a place in a document's text. Line and Column start at 1; Column counts characters. Offset counts bytes from 0.
type Position struct {
	Offset, Line, Column int
}

// String gives the place in words.
func (p Position) String() string { return fmt.Sprintf("line %d, column %d", p.Line, p.Column) }

// locate gives the position of the byte at offset.
func locate(text string, offset int) Position {
	line, start := 1, 0
	for i := range offset {
		if text[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return Position{offset, line, utf8.RuneCountInString(text[start:offset]) + 1}
}

// refusal is why a text is not a policy, and where.
type refusal struct {
	offset int
	text   string
}

func (r *refusal) Error() string { return r.text }

// refuse makes a refusal that points at n.
func refuse(n *node, format string, args ...any) *refusal {
	return &refusal{n.start, fmt.Sprintf(format, args...)}
}

// malformed renders a refusal for the caller.
func malformed(text string, r *refusal) error {
	f := fault.New(fault.Invalid, "%s (%s)", r.text, locate(text, r.offset))
	f.Code = CodeMalformed
	return f
}
