package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// shortestSpelled is how many letters one by one make a word that is spelled out.
	shortestSpelled = 3
	// widestGap is how many characters may stand between two of them.
	widestGap = 4
)

// spelled writes the word that is spelled out letter by letter from i on, and gives its end; i when there is none.
//
// The letters stand alone, apart by white space or signs: "k i l l", "k.i.l.l", "k - i - l - l". A gap of another shape than the
// first one ends the word, so that "k i l l  h i m" and "k.i.l.l h.i.m" are two.
func (j *joiner) spelled(i int) int {
	if i+1 < len(j.src) && isAlnum(j.src[i]) && isAlnum(j.src[i+1]) {
		return i
	}
	if r, _ := utf8.DecodeLastRuneInString(j.src[:i]); i > 0 && inWord(r) {
		return i
	}
	var (
		places  = j.places[:0]
		first   string
		letters int
	)
	for at := i; ; {
		r, size := utf8.DecodeRuneInString(j.src[at:])
		if size == 0 || !inWord(r) || regional(r) != 0 {
			break
		}
		if next, _ := utf8.DecodeRuneInString(j.src[at+size:]); inWord(next) {
			break
		}
		places = append(places, at, at+size)
		if unicode.IsLetter(r) {
			letters++
		}
		next, gap := gapAt(j.src, at+size)
		if len(places) > 2 && gap != first && tighter(gap, first) {
			places = places[:len(places)-2] // the letter begins the next word
			break
		}
		if gap == "" || utf8.RuneCountInString(gap) > widestGap || len(places) > 2 && gap != first {
			break
		}
		first, at = gap, next
	}
	j.places = places
	shortest := shortestSpelled
	if j.spelling {
		shortest--
	}
	if len(places) < 2*shortest || letters*4 < len(places) {
		return i
	}
	j.spelling = true
	for k := 0; k < len(places); k += 2 {
		r, _ := utf8.DecodeRuneInString(j.src[places[k]:])
		j.put(leet(r, 0, 0), places[k], places[k+1])
	}
	return places[len(places)-1]
}

// inWord reports whether r is a letter, mark or digit.
func inWord(r rune) bool {
	c := roleOf(r)
	return c == word || c == digit
}

// gapAt gives the gap at i and its end; a gap that is too wide is cut short.
func gapAt(s string, i int) (end int, gap string) {
	end = i
	for n := 0; end < len(s) && n <= widestGap; n++ {
		r, size := utf8.DecodeRuneInString(s[end:])
		if inWord(r) {
			break
		}
		end += size
	}
	return end, s[i:end]
}

// tighter reports whether one gap binds its letters more closely than another: it is narrower, or has no white space.
func tighter(one, other string) bool {
	spaced := func(gap string) bool { return strings.ContainsFunc(gap, unicode.IsSpace) }
	return one != "" && (spaced(other) && !spaced(one) || spaced(one) == spaced(other) && len(one) < len(other))
}
