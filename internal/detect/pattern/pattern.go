// Package pattern finds the matches of a caller's regular expressions.
//
// Expressions are in RE2's syntax and run in time linear in the text. Check says before anything is stored whether an expression
// is supported and affordable. Why this engine: docs/adr/0003-regular-expressions.md.
package pattern

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wasilibs/go-re2"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

// Pattern is a named expression.
type Pattern struct {
	Name string // the Type of its findings
	Expr string // as Check allows it
}

// Detector finds the matches of a list of patterns.
//
// It reads the original text, and the clean text where that differs, so that an invisible character in a number does not hide it.
// Matching is case-sensitive unless the expression says (?i). Per pattern the matches do not overlap; where the two readings
// overlap, the leftmost and then the longest counts. Empty matches are ignored.
type Detector struct {
	patterns []compiled
}

// compiled is a pattern ready to run.
type compiled struct {
	name    string
	re      *re2.Regexp
	literal string // a text without it has no match; empty: none is known
}

// New compiles the patterns, each of which has to pass Check; the fault names the one that does not.
func New(patterns []Pattern) (*Detector, error) {
	d := &Detector{patterns: make([]compiled, 0, len(patterns))}
	for _, p := range patterns {
		tree, err := check(p.Expr)
		if err != nil {
			return nil, fault.New(fault.Invalid, "regex %q: %s", p.Name, fault.From(err).Message)
		}
		re, err := compile(p.Expr)
		if err != nil {
			return nil, fault.New(fault.Invalid, "regex %q: %s", p.Name, fault.From(err).Message)
		}
		d.patterns = append(d.patterns, compiled{p.Name, re, literal(tree)})
	}
	return d, nil
}

// Family is detect.Pattern.
func (d *Detector) Family() detect.Family { return detect.Pattern }

// Detect finds every match of every pattern in every block.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	var findings []detect.Finding
	for n, doc := range in.Blocks {
		first := len(findings)
		for _, p := range d.patterns {
			spans, err := p.block(ctx, doc)
			if err != nil {
				return nil, err
			}
			for _, s := range spans {
				findings = append(findings, detect.Finding{Family: detect.Pattern, Type: p.name, Block: n, Span: s, Confidence: detect.High, Score: 1})
			}
		}
		slices.SortStableFunc(findings[first:], func(a, b detect.Finding) int { return byPlace(a.Span, b.Span) })
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return findings, nil
}

// byPlace orders spans by start, the longer first.
func byPlace(a, b text.Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// block finds the matches in one document.
func (p compiled) block(ctx context.Context, doc *text.Document) ([]text.Span, error) {
	original := doc.Original()
	spans, err := p.find(ctx, original)
	if err != nil {
		return nil, err
	}
	clean := doc.Clean()
	if clean.Text == original {
		return spans, nil
	}
	more, err := p.find(ctx, clean.Text)
	if err != nil || len(more) == 0 {
		return spans, err
	}
	for _, s := range more {
		spans = append(spans, clean.Source(s.Start, s.End))
	}
	slices.SortStableFunc(spans, byPlace)
	end := 0
	return slices.DeleteFunc(spans, func(s text.Span) bool {
		if s.Start < end {
			return true
		}
		end = s.End
		return false
	}), nil
}

// find gives the leftmost matches of p in s that do not overlap and are not empty.
//
// The engine cannot be stopped, and an expression such as a.*b|a looks to the end of the text for each of its matches. So it is
// asked for few matches at first and for four times as many each time that there are more: between two runs the context is
// looked at, and what was found before is found again at a third of the cost at most.
func (p compiled) find(ctx context.Context, s string) ([]text.Span, error) {
	const few, times = 32, 4
	if !strings.Contains(s, p.literal) {
		return nil, ctx.Err()
	}
	if !utf8.ValidString(s) {
		s = sameLength(s)
	}
	for limit := few; ; limit *= times {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		matches := p.re.FindAllStringIndex(s, limit)
		if len(matches) == limit {
			continue
		}
		var spans []text.Span
		for _, m := range matches {
			if m[0] < m[1] {
				spans = append(spans, text.Span{Start: m[0], End: m[1]})
			}
		}
		return spans, nil
	}
}

// sameLength replaces each byte that is not UTF-8, at which the engine would stop, by one that no expression looks for.
func sameLength(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			b[i] = 0x1a
		}
		i += size
	}
	return string(b)
}
