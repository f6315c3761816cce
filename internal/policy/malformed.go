package policy

import (
	"fmt"
	"strings"

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

// cursor finds positions in a text, fast where they are asked for in rising order.
type cursor struct {
	text string
	at   Position
}

// move gives the position of the byte at offset.
func (c *cursor) move(offset int) Position {
	if offset < c.at.Offset || c.at.Line == 0 {
		c.at = Position{0, 1, 1}
	}
	for _, char := range c.text[c.at.Offset:offset] {
		c.at.Column++
		if char == '\n' {
			c.at.Line, c.at.Column = c.at.Line+1, 1
		}
	}
	c.at.Offset = offset
	return c.at
}

// locate gives the position of the byte at offset.
func locate(text string, offset int) Position { return (&cursor{text: text}).move(offset) }

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

// maxReason is how many bytes of a refusal's text, which may quote the policy, go to the caller.
const maxReason = 400

// malformed renders a refusal for the caller.
func malformed(text string, r *refusal) error {
	reason := r.text
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "..."
	}
	f := fault.New(fault.Invalid, "%s (%s)", reason, locate(text, r.offset))
	f.Code = CodeMalformed
	return f
}
