package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold gives a form of s that is equal for names that differ only in case, by Unicode's simple folding: the Kelvin sign is a k,
// as it is for encoding/json and strings.EqualFold.
func fold(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return strings.Map(least, s)
		}
	}
	return strings.ToUpper(s)
}

// least gives the first of the characters that differ from c only in case; for ASCII letters that is the capital.
func least(c rune) rune {
	first := c
	for other := unicode.SimpleFold(c); other != c; other = unicode.SimpleFold(other) {
		first = min(first, other)
	}
	return first
}
