package pair

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fewWords is how many words a sentence has at least: "Yes." and "3." say nothing alone and belong to the next one.
const fewWords = 3

// Sentences gives the bounds of the sentences of s, without the spaces around them: at stops followed by a space and no small letter, at
// East Asian stops and at line ends. The training recipe has the same rule.
func Sentences(s string) [][2]int {
	var cuts []int
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			cuts = append(cuts, i+1)
			i++
		case isStop(r):
			end := i + size
			alone := true
			for end < len(s) {
				next, n := utf8.DecodeRuneInString(s[end:])
				if !isStop(next) {
					break
				}
				alone = false
				end += n
			}
			for end < len(s) {
				next, n := utf8.DecodeRuneInString(s[end:])
				if !strings.ContainsRune(closing, next) {
					break
				}
				alone = false
				end += n
			}
			if stops(s, i, end, r, alone) {
				cuts = append(cuts, end)
			}
			i = end
		default:
			i += size
		}
	}
	return join(s, append(cuts, len(s)))
}

// closing is what may stand between a stop and the space after it.
const closing = "\"'”’»)]）」』"

func isStop(r rune) bool { return strings.ContainsRune(".!?。！？…", r) }

// stops reports whether the stop r at i, which goes on to end with its quotes, ends a sentence.
func stops(s string, i, end int, r rune, alone bool) bool {
	if end == len(s) {
		return false
	}
	wide := strings.ContainsRune("。！？", r)
	next, _ := utf8.DecodeRuneInString(s[end:])
	if !wide && !unicode.IsSpace(next) || r == '.' && alone && abbreviates(s, i) {
		return false
	}
	rest := strings.TrimLeftFunc(s[end:], unicode.IsSpace)
	next, _ = utf8.DecodeRuneInString(rest)
	return rest != "" && (wide || !unicode.IsLower(next))
}

// join trims the pieces between cuts and joins those of few words to the next.
func join(s string, cuts []int) [][2]int {
	var out [][2]int
	start := 0
	for _, end := range cuts {
		piece := s[start:end]
		a := end - len(strings.TrimLeftFunc(piece, unicode.IsSpace))
		b := start + len(strings.TrimRightFunc(piece, unicode.IsSpace))
		start = end
		if a >= b {
			continue
		}
		if n := len(out) - 1; n >= 0 && short(s, out[n]) {
			out[n][1] = b
		} else {
			out = append(out, [2]int{a, b})
		}
	}
	if n := len(out) - 1; n > 0 && short(s, out[n]) {
		out[n-1][1] = out[n][1]
		out = out[:n]
	}
	return out
}

func short(s string, bounds [2]int) bool { return len(Words(s[bounds[0]:bounds[1]])) < fewWords }

// abbreviates reports whether the point at i ends an abbreviation, a single capital letter or the number of a list item.
func abbreviates(s string, i int) bool {
	start := i
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if kindOf(r) == between && r != '.' {
			break
		}
		start -= size
	}
	w := s[start:i]
	if w == "" {
		return false
	}
	switch strings.ToLower(w) {
	case "mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "etc", "e.g", "i.e", "inc", "ltd", "co", "corp", "jr", "sr", "fig", "approx", "dept",
		"gen", "col", "capt", "sgt", "rev", "sen", "rep", "gov", "mt", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"u.s", "u.k", "a.m", "p.m", "p", "pp", "vol", "ch", "art", "min", "max", "hr", "hrs":
		return true
	}
	first, size := utf8.DecodeRuneInString(w)
	if size == len(w) && unicode.IsUpper(first) {
		return true
	}
	return strings.Trim(w, "0123456789") == "" && (start == 0 || s[start-1] == '\n')
}
