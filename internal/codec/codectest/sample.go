package codectest

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"merlon.dev/merlon/internal/codec"
)

// text makes a string of a schema's pattern whose length in code points is between low and high.
func text(s *codec.Schema, low, high int) (string, error) {
	if s.Pattern == nil {
		return strings.Repeat("a", low), nil
	}
	re, err := syntax.Parse(s.Pattern.Match, syntax.Perl)
	if err != nil {
		return "", fmt.Errorf("pattern of %s: %w", s.Name, err)
	}
	// The number of times that an open-ended repeat is taken, and the alternative, are tried in turn.
	for repeats := 0; repeats <= high; repeats++ {
		for alternative := range 4 {
			var b strings.Builder
			write(&b, re, repeats, alternative)
			n := utf8.RuneCountInString(b.String())
			if n >= low && n <= high && s.Pattern.Matches(b.String()) {
				return b.String(), nil
			}
		}
		if repeats > 64 {
			repeats += repeats / 16
		}
	}
	return "", fmt.Errorf("no string of %s with %d to %d code points was found", s.Name, low, high)
}

func write(b *strings.Builder, re *syntax.Regexp, repeats, alternative int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			b.WriteRune(r)
		}
	case syntax.OpCharClass:
		b.WriteRune(letter(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			write(b, sub, repeats, alternative)
		}
	case syntax.OpAlternate:
		write(b, re.Sub[min(alternative, len(re.Sub)-1)], repeats, alternative)
	case syntax.OpStar:
		again(b, re.Sub[0], repeats, repeats, alternative)
	case syntax.OpPlus:
		again(b, re.Sub[0], max(1, repeats), repeats, alternative)
	case syntax.OpQuest:
		again(b, re.Sub[0], min(1, repeats), repeats, alternative)
	case syntax.OpRepeat:
		n := max(re.Min, repeats)
		if re.Max >= 0 {
			n = min(n, re.Max)
		}
		again(b, re.Sub[0], n, repeats, alternative)
	}
}

func again(b *strings.Builder, re *syntax.Regexp, n, repeats, alternative int) {
	for range n {
		write(b, re, repeats, alternative)
	}
}

// letter chooses a readable member of a class, given as ranges.
func letter(ranges []rune) rune {
	for _, want := range "a1A-" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if want >= ranges[i] && want <= ranges[i+1] {
				return want
			}
		}
	}
	return ranges[0]
}

// outside makes a string of an allowed length that the pattern refuses; ok is false where the pattern refuses none that we try.
func outside(s *codec.Schema) (v string, ok bool) {
	low, high := lengths(s)
	for _, odd := range []string{"!", "~", " ", "é", "\n", "\u0001"} {
		v := strings.Repeat(odd, max(low, 1))
		if !s.Pattern.Matches(v) && utf8.RuneCountInString(v) <= high {
			return v, true
		}
	}
	return "", false
}

// far is how long a string may be where nothing bounds it.
const far = 1 << 16

func lengths(s *codec.Schema) (low, high int) {
	high = far
	if s.Length != nil {
		low = int(s.Length.Min)
		if s.Length.Max != codec.Unbounded {
			high = int(s.Length.Max)
		}
	}
	return low, high
}

// sample makes the smallest valid value of a member.
func sample(m *codec.Member) (any, error) {
	if m.Type() == codec.Structure {
		return minimal(m.Shape())
	}
	s := m.Target
	low, high := lengths(s)
	switch s.Type {
	case codec.Boolean:
		return true, nil
	case codec.Integer, codec.Long:
		return int64(within(s)), nil
	case codec.Float, codec.Double:
		return within(s), nil
	case codec.String:
		if s.Enum != nil {
			return s.Enum[0], nil
		}
		// An empty label would change the path's shape.
		if m.Location == codec.Label {
			low = max(low, 1)
		}
		return text(s, low, high)
	case codec.Blob:
		return make([]byte, low), nil
	case codec.List:
		list := []any{}
		for range low {
			item, err := sample(s.Item)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, nil
	case codec.Map, codec.AnyDocument:
		return map[string]any{}, nil
	}
	return nil, fmt.Errorf("no sample of %s", s.Name)
}

func within(s *codec.Schema) float64 {
	switch {
	case s.Range == nil:
		return 1
	case !s.Range.NoMin:
		return s.Range.Min
	default:
		return s.Range.Max
	}
}

// Minimal makes the smallest valid input of an operation.
func Minimal(op *codec.Operation) (*Dynamic, error) { return minimal(op.NewInput().Schema()) }

func minimal(s *codec.Schema) (*Dynamic, error) {
	v := NewDynamic(s)
	for i := range s.Members {
		m := &s.Members[i]
		if !m.Has(codec.Required) && (!s.Has(codec.Union) || i > 0) {
			continue
		}
		value, err := sample(m)
		if err != nil {
			return nil, err
		}
		v.Values[m.Name] = value
	}
	return v, nil
}
