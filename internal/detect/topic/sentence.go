package topic

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// shortSentence is the characters below which a sentence does not stand alone: "Thanks." says little without what follows.
const shortSentence = 16

// sentences gives the bounds of the sentences of s, which together are all of it: cut after a stop, or quotes behind one, and the space
// that follows, and after line ends. A short one belongs to the next, at the end to the one before. The training recipe has the same rule.
func sentences(s string) [][2]int {
	var out [][2]int
	start, last := 0, rune(0)
	for i := 0; i < len(s); {
		end := gap(s, i, last)
		if end == i {
			r, size := utf8.DecodeRuneInString(s[i:])
			last, i = r, i+size
			continue
		}
		if end < len(s) && utf8.RuneCountInString(s[start:end]) >= shortSentence {
			out = append(out, [2]int{start, end})
			start = end
		}
		last, _ = utf8.DecodeLastRuneInString(s[:end])
		i = end
	}
	if n := len(out); n > 0 && utf8.RuneCountInString(s[start:]) < shortSentence {
		out[n-1][1] = len(s)
		return out
	}
	return append(out, [2]int{start, len(s)})
}

// gap gives the end of what divides two sentences at i, behind the character last, and i itself where nothing does.
func gap(s string, i int, last rune) int {
	if strings.ContainsRune(".!?。！？…", last) {
		end := i + len(s[i:]) - len(strings.TrimLeft(s[i:], "\"'”’)]"))
		if after := len(s) - len(strings.TrimLeftFunc(s[end:], unicode.IsSpace)); after > end {
			return after
		}
	}
	for i < len(s) && s[i] == '\n' {
		i++
	}
	return i
}
