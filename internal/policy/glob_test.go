package policy

import (
	"testing"
	"unicode/utf8"
)

// naive matches by recursion over characters.
func naive(pattern, text []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return naive(pattern[1:], text) || len(text) > 0 && naive(pattern, text[1:])
	default:
		return len(text) > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && naive(pattern[1:], text[1:])
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"**", "abc", true},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "aXbY", false},
		{"*ab", "aab", true},
		{"*aab", "aaab", true},
		{"a*?", "a", false},
		{"a*?", "ab", true},
		{"*a?c*", "xxabxabc", true},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y/z", true},
		{"arn:aws:s3:::b/*", "arn:aws:s3:::B/x", false},
		{"*-1*-12", "-1-1-12", true},
	} {
		if got := newGlob(c.pattern).match(c.text); got != c.want {
			t.Errorf("%q matches %q = %v", c.pattern, c.text, got)
		}
	}
}

// FuzzGlob holds the matcher against the recursion.
func FuzzGlob(f *testing.F) {
	f.Add("a*b?c*", "axxbxcx")
	f.Add("*é?*", "éaé")
	f.Add("*ab*ab", "abababab")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		const small = 24 // the recursion takes exponential time
		if len(pattern) > small || len(text) > small || !utf8.ValidString(pattern) || !utf8.ValidString(text) {
			t.Skip()
		}
		if got, want := newGlob(pattern).match(text), naive([]rune(pattern), []rune(text)); got != want {
			t.Errorf("%q matches %q = %v, want %v", pattern, text, got, want)
		}
	})
}
