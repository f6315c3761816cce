package policytest

import (
	"regexp"
	"strings"

	"merlon.dev/merlon/internal/policy"
)

// symbol is one character of a pattern; wild ones are "*" and "?".
type symbol struct {
	char rune
	wild bool
}

// symbols reads a text, with wildcards or literally.
func symbols(text string, wildcards bool) []symbol {
	var out []symbol
	for _, c := range text {
		out = append(out, symbol{c, wildcards && (c == '*' || c == '?')})
	}
	return out
}

// like matches by recursion.
func like(pattern []symbol, text string) bool { return likeRunes(pattern, []rune(text)) }

func likeRunes(pattern []symbol, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	first := pattern[0]
	if first.wild && first.char == '*' {
		return likeRunes(pattern[1:], text) || len(text) > 0 && likeRunes(pattern, text[1:])
	}
	return len(text) > 0 && (first.wild || first.char == text[0]) && likeRunes(pattern[1:], text[1:])
}

var variable = regexp.MustCompile(`\$\{\s*([^},']+?)\s*(?:,\s*'([^']*)'\s*)?\}`)

// expand replaces the variables of a value; ok is false where one has no value.
func (s statement) expand(text string, wildcards bool, ctx policy.Context) (out []symbol, ok bool) {
	if s.version != policy.Version2012 {
		return symbols(text, wildcards), true
	}
	for text != "" {
		at := variable.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		out = append(out, symbols(text[:at[0]], wildcards)...)
		key := text[at[2]:at[3]]
		have := ctx.Get(key)
		switch {
		case key == "*" || key == "?" || key == "$":
			out = append(out, symbols(key, false)...)
		case len(have) == 1:
			out = append(out, symbols(have[0], false)...)
		case len(have) == 0 && at[4] >= 0:
			out = append(out, symbols(text[at[4]:at[5]], false)...)
		default:
			return nil, false
		}
		text = text[at[1]:]
	}
	return append(out, symbols(text, wildcards)...), true
}

// likeARN matches the six parts one by one.
func likeARN(pattern []symbol, text string) bool {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return false
	}
	if len(pattern) == 1 && pattern[0] == (symbol{'*', true}) {
		return true
	}
	for i, part := range parts {
		end := len(pattern)
		if i < 5 {
			for end = 0; end < len(pattern) && pattern[end].char != ':'; end++ {
			}
			if end == len(pattern) {
				return false
			}
		}
		if !like(pattern[:end], part) {
			return false
		}
		pattern = pattern[min(end+1, len(pattern)):]
	}
	return true
}
