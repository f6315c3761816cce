package pii

import (
	"strings"
	"unicode/utf8"
)

// border gives a sighting the borders that the text has. A model labels pieces of words and may end inside of one: Latin words and numbers
// are taken whole, and a Korean name ends where a particle or a title begins.
func (s *scan) border(v Sighting) Sighting {
	if v.Type == Age || v.Start >= v.End {
		return v
	}
	if i := s.tokenAt(v.Start); i < len(s.tokens) && s.tokens[i].flags&isScript == 0 {
		v.Start = min(v.Start, int(s.tokens[i].start))
	}
	i := s.tokenAt(v.End - 1)
	if i == len(s.tokens) || int(s.tokens[i].start) >= v.End {
		return v
	}
	switch t := s.tokens[i]; {
	case t.flags&isScript == 0:
		if v.End = int(t.end); v.Type == Name && s.at(v.End) == '.' && (t.len() == 1 && s.capital(i) || s.value(i) == "Jr" || s.value(i) == "Sr") {
			v.End++ // the stop of an initial
		}
	case v.Type == Name && int(t.start) > v.Start && closing(s.text[t.start:t.end]):
		v.End = v.Start + len(strings.TrimRight(s.text[v.Start:t.start], " "))
	case v.Type == Name:
		from := max(v.Start, int(t.start))
		v.End = from + koreanNameEnd(s.text[from:t.end], v.End-from)
	case v.Type == Address:
		v.End = s.withoutParticle(i, v.End)
	}
	if v.Type == Address && s.at(v.End) == ')' && strings.LastIndexByte(s.text[v.Start:v.End], '(') > strings.LastIndexByte(s.text[v.Start:v.End], ')') {
		v.End++ // the bracket that a building or a part of the town stands in
	}
	return v
}

// mostMoved is how many bytes a name may be longer than what the model saw of it: two syllables.
const mostMoved = 2 * 3

// koreanNameEnd gives how many bytes of a word are a name of which the model saw the first seen bytes.
func koreanNameEnd(word string, seen int) int {
	if syllables, _ := utf8.DecodeRuneInString(word); syllables < firstSyllable || syllables > lastSyllable || seen%3 != 0 {
		return seen
	}
	if seen == len(word) {
		for _, particle := range [...]string{"엄마", "아빠", "이라", "에게", "께서", "한테", "까지", "부터", "으로", "처럼", "의", "는", "를"} {
			if stem, ok := strings.CutSuffix(word, particle); ok && len(stem) >= 6 {
				return len(stem)
			}
		}
		if stem, ok := strings.CutSuffix(word, "이"); ok && len(stem) >= 6 && finalConsonant(stem[len(stem)-3:]) {
			return len(stem) // 하율이, the familiar form of 하율
		}
		return seen
	}
	for end := seen; end <= min(len(word), seen+mostMoved); end += 3 {
		if _, ok := suffixOf(word[end:], finalConsonant(word[end-3:end])); ok || end < len(word) && hangsOn(word[end:]) {
			return end
		}
	}
	return seen
}

// hangsOn reports whether the rest of a word goes on from a name that the model has found: what shows no name by itself.
func hangsOn(rest string) bool {
	switch rest {
	case "맘", "엄마", "엄마가", "엄마는", "아빠", "아빠가", "아빠는", "이라", "라", "이라서", "라서", "이고", "고", "이네", "이라니까", "라니까":
		return true
	}
	return false
}

// closing reports whether a word ends a letter behind a name.
func closing(word string) bool {
	return word == "올림" || word == "드림" || word == "배상" || word == "귀하"
}

// withoutParticle takes a particle off an address that ends in token i at end: 24로, 301호에서.
func (s *scan) withoutParticle(i, end int) int {
	start := int(s.tokens[i].start)
	word := s.text[start:end]
	if i == 0 || int(s.tokens[i-1].end) != start || s.tokens[i-1].flags&hasDigit == 0 {
		return end
	}
	unit := 0
	for _, u := range [...]string{"번지", "호실", "호", "동", "층", ""} {
		if strings.HasPrefix(word, u) {
			unit = len(u)
			break
		}
	}
	if unit == len(word) {
		return end
	}
	consonant := unit > 0 && finalConsonant(word[unit-3:unit])
	if kind, ok := suffixOf(word[unit:], consonant || unit == 0); ok && kind.kind != suffixTitle || koreanParticleOfNumber(word[unit:]) {
		return start + unit
	}
	return end
}

// koreanParticleOfNumber reports whether a word right after a number is but a particle.
func koreanParticleOfNumber(word string) bool {
	for _, particle := range [...]string{"로", "에", "에서", "으로", "인데", "이고", "이에요", "예요", "이야", "입니다", "까지", "부터"} {
		if word == particle {
			return true
		}
	}
	return false
}
