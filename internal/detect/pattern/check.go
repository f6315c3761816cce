package pattern

import (
	"errors"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/wasilibs/go-re2"

	"merlon.dev/merlon/internal/fault"
)

// Limits on an expression. Within them 10 expressions over 25 kB stay within some milliseconds even when they are hostile.
const (
	MaxLength  = 500   // characters, as the service states it
	MaxDepth   = 50    // groups and repeats inside one another
	MaxProgram = 3_000 // steps of the compiled expression: a counted repeat costs its body as many times
)

// Check reports whether an expression can be used. A refusal is a fault.Invalid whose message gives the reason for the caller:
// what is not supported (look-around, back-references, possessive repeats and whatever else RE2 leaves out), where the syntax
// breaks, or which limit is exceeded.
func Check(expr string) error {
	if _, err := check(expr); err != nil {
		return err
	}
	_, err := compile(expr)
	return err
}

// check parses an expression and holds it to the limits.
func check(expr string) (*syntax.Regexp, error) {
	switch n := utf8.RuneCountInString(expr); {
	case n == 0:
		return nil, fault.New(fault.Invalid, "the expression is empty")
	case n > MaxLength:
		return nil, fault.New(fault.Invalid, "the expression has %d characters, at most %d are allowed", n, MaxLength)
	case !utf8.ValidString(expr):
		return nil, fault.New(fault.Invalid, "the expression is not valid UTF-8")
	}
	if what := unsupported(expr); what != "" {
		return nil, fault.New(fault.Invalid, "%s not supported: patterns run on RE2", what)
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s", explain(err))
	}
	if depth(tree) > MaxDepth {
		return nil, fault.New(fault.Invalid, "the expression nests groups and repeats more than %d deep", MaxDepth)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s", explain(err))
	}
	if n := len(program.Inst); n > MaxProgram {
		return nil, fault.New(fault.Invalid, "the expression is too costly: it compiles to %d steps, at most %d are allowed; lower its counted repeats", n, MaxProgram)
	}
	return tree, nil
}

// compile makes the expression ready to run; what passes check compiles, but for what only the engine knows.
func compile(expr string) (*re2.Regexp, error) {
	re, err := re2.Compile(expr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the expression is not accepted by RE2")
	}
	return re, nil
}

// depth gives how deep a tree is.
func depth(tree *syntax.Regexp) int {
	deepest := 0
	for _, sub := range tree.Sub {
		deepest = max(deepest, depth(sub))
	}
	return deepest + 1
}

// explain puts a syntax error into words.
func explain(err error) string {
	var s *syntax.Error
	if !errors.As(err, &s) {
		return "the expression cannot be read"
	}
	switch s.Code {
	case syntax.ErrMissingParen:
		return "a closing ) is missing"
	case syntax.ErrUnexpectedParen:
		return "a ) closes nothing"
	case syntax.ErrMissingBracket:
		return "a closing ] is missing"
	case syntax.ErrTrailingBackslash:
		return "the expression ends in a \\ that escapes nothing"
	case syntax.ErrLarge, syntax.ErrNestingDepth:
		return "the expression is too costly: its repeats multiply to too large a program"
	case syntax.ErrInvalidRepeatSize:
		return "a repeat is too large: at most 1000 is allowed, inside other repeats less (" + s.Expr + ")"
	default:
		return s.Code.String() + ": " + s.Expr
	}
}
