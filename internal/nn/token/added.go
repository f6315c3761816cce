package token

import (
	"unicode"
	"unicode/utf8"
)

// addedToken is a token that is looked for in the text as it is, before anything else.
type addedToken struct {
	content     string
	id          int32
	special     bool
	left, right bool // takes the white space on that side
	normalised  bool // is looked for in normalised text
}

// added finds added tokens.
type added struct {
	tokens   []addedToken
	contents trie // to places in tokens
	first    [256]bool
}

func newAdded(tokens []addedToken) (*added, error) {
	a := &added{tokens: tokens}
	entries := make([]entry, len(tokens))
	for i, t := range tokens {
		entries[i] = entry{t.content, int32(i)}
		a.first[t.content[0]] = true
	}
	var err error
	a.contents, err = newTrie(entries)
	return a, err
}

// next finds the first added token, the longest one there, at or after i. If there is none, start is the text's length.
func (a *added) next(text string, i int) (start, end int, t *addedToken) {
	for ; i < len(text); i++ {
		if !a.first[text[i]] {
			continue
		}
		n, number := longest(a.contents, text[i:])
		if n > 0 {
			return i, i + n, &a.tokens[number]
		}
	}
	return i, i, nil
}

// spaceBefore is where the white space that ends text begins.
func spaceBefore(text string) int {
	for len(text) > 0 {
		r, n := utf8.DecodeLastRuneInString(text)
		if !unicode.IsSpace(r) {
			break
		}
		text = text[:len(text)-n]
	}
	return len(text)
}

// spaceAfter is the length of the white space that text begins with.
func spaceAfter(text string) int {
	for i, r := range text {
		if !unicode.IsSpace(r) {
			return i
		}
	}
	return len(text)
}
