package token

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// splitter normalises a text in steps and cuts the outcome into words by rule.
type splitter struct {
	steps  []step
	digits bool                  // each digit is a text of its own
	space  bool                  // a space is put before a text that does not begin with one
	word   func(text []byte) int // the length of the first word of a text
}

func (c *splitter) cut(dst *Encoding, start, end int, words model) {
	s := &dst.scratch
	s.read(start, end)
	for _, step := range c.steps {
		s.out.reset()
		step.apply(&s.in, &s.out)
		s.in, s.out = s.out, s.in
	}
	if c.space && len(s.in.bytes) > 0 && s.in.bytes[0] != ' ' {
		s.out.reset()
		s.out.add(" ", s.in.from[0])
		s.out.copy(&s.in, 0, len(s.in.bytes))
		s.in, s.out = s.out, s.in
	}
	for i := 0; i < len(s.in.bytes); {
		j := len(s.in.bytes)
		if c.digits {
			j = i + digitOrNone(s.in.bytes[i:])
		}
		for i < j {
			n := c.word(s.in.bytes[i:j])
			s.word.copy(&s.in, i, i+n)
			dst.finish(words)
			i += n
		}
	}
}

// digitOrNone is the length of the numeric character that text begins with, or of what comes before the first one.
func digitOrNone(text []byte) int {
	for i := 0; i < len(text); {
		kind, n := sortOf(text[i:])
		if kind == numberRune && i == 0 {
			return n
		}
		if kind == numberRune {
			return i
		}
		i += n
	}
	return len(text)
}

// sort is what the rules tell apart.
type sort uint8

const (
	otherRune sort = iota
	letterRune
	numberRune
	whiteRune
)

// sortOf is the sort and the length of the first character.
func sortOf(text []byte) (sort, int) {
	c := text[0]
	if c < utf8.RuneSelf {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			return letterRune, 1
		case c >= '0' && c <= '9':
			return numberRune, 1
		case c == ' ' || c >= '\t' && c <= '\r':
			return whiteRune, 1
		}
		return otherRune, 1
	}
	r, n := utf8.DecodeRune(text)
	switch {
	case unicode.IsLetter(r):
		return letterRune, n
	case unicode.IsNumber(r):
		return numberRune, n
	case unicode.IsSpace(r):
		return whiteRune, n
	}
	return otherRune, n
}

// run is where the characters of a sort end that stand at i.
func run(text []byte, i int, want sort) int {
	for i < len(text) {
		kind, n := sortOf(text[i:])
		if kind != want {
			break
		}
		i += n
	}
	return i
}

// wholeText is the rule that makes one word of a text.
func wholeText(text []byte) int { return len(text) }

// gptWord is GPT-2's rule:
// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
func gptWord(text []byte) int {
	if text[0] == '\'' {
		for _, c := range [...]string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
			if bytes.HasPrefix(text, []byte(c)) {
				return len(c)
			}
		}
	}
	kind, n := sortOf(text)
	if text[0] == ' ' && len(text) > 1 {
		kind, n = sortOf(text[1:])
		n++
	}
	if kind == whiteRune {
		return blank(text)
	}
	return run(text, n, kind)
}

// blank is the length of the white space that text begins with, without its last character if a word follows that may take it.
func blank(text []byte) int {
	last, end := 0, 0
	for end < len(text) {
		kind, n := sortOf(text[end:])
		if kind != whiteRune {
			break
		}
		last, end = end, end+n
	}
	if end < len(text) && last > 0 {
		return last
	}
	return end
}

// llamaWord is Llama 3's rule with digits = 3 and Qwen2's with 1:
// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
func llamaWord(digits int) func(text []byte) int {
	return func(text []byte) int {
		if n := shortened(text); n > 0 {
			return n
		}
		first, n := sortOf(text)
		switch {
		case first == letterRune:
			return run(text, n, letterRune)
		case first == numberRune:
			end := n
			for range digits - 1 {
				if end == len(text) {
					break
				}
				kind, more := sortOf(text[end:])
				if kind != numberRune {
					break
				}
				end += more
			}
			return end
		case text[0] != '\r' && text[0] != '\n':
			if end := run(text, n, letterRune); end > n {
				return end
			}
		}
		from := 0
		if text[0] == ' ' {
			from = 1
		}
		if end := run(text, from, otherRune); end > from {
			for end < len(text) && (text[end] == '\r' || text[end] == '\n') {
				end++
			}
			return end
		}
		space := run(text, 0, whiteRune)
		if line := bytes.LastIndexAny(text[:space], "\r\n"); line >= 0 {
			return line + 1
		}
		return blank(text)
	}
}

// shortened is the length of 's, 't, 're, 've, 'm, 'll or 'd in any case; the long s is an s.
func shortened(text []byte) int {
	if text[0] != '\'' || len(text) < 2 {
		return 0
	}
	low := func(i int) byte {
		if i < len(text) {
			return text[i] | 0x20
		}
		return 0
	}
	switch a, b := low(1), low(2); {
	case text[1] >= utf8.RuneSelf:
		if bytes.HasPrefix(text[1:], []byte("ſ")) {
			return 1 + len("ſ")
		}
	case a == 's' || a == 't' || a == 'm' || a == 'd':
		return 2
	case (a == 'r' || a == 'v') && b == 'e', a == 'l' && b == 'l':
		return 3
	}
	return 0
}
