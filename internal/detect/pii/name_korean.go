package pii

import (
	"strings"
)

// maxKoreanName is how many syllables a name in Hangul has at most; foreign names written in Hangul are the long ones.
const maxKoreanName = 6

// hangulWord is a token in Hangul, cut into syllables: at gives the byte offset of each and of the end.
type hangulWord struct {
	text string // the whole token
	base int    // where it begins
	at   [maxHangul + 1]int
	n    int
}

// maxHangul is how many syllables a token has at most that is looked at as a name with what hangs on it.
const maxHangul = 12

func (w *hangulWord) part(from, to int) string { return w.text[w.at[from]:w.at[to]] }

// koreanNames finds names in Hangul: a surname and a given name, a given name that a particle, a title or a label shows to be
// one, a surname before a title.
func (s *scan) koreanNames() {
	var w hangulWord
	for i := range s.tokens {
		if s.tokens[i].flags&isScript == 0 || s.taken[i] || !w.read(s, i) {
			continue
		}
		end := s.judgeKorean(&w, i)
		if end > 0 {
			s.add(w.base, w.base+w.at[end], 0.8)
		}
	}
}

// read cuts token i into syllables; it refuses what is too long or not Hangul.
func (w *hangulWord) read(s *scan, i int) bool {
	t := s.tokens[i]
	if t.len()%3 != 0 || t.len() > 3*maxHangul {
		return false
	}
	w.text, w.base, w.n = s.value(i), int(t.start), 0
	for at, r := range w.text {
		if r < 0xAC00 || r > 0xD7A3 {
			return false
		}
		w.at[w.n] = at
		w.n++
	}
	w.at[w.n] = len(w.text)
	return true
}

// judgeKorean gives how many syllables of the word are a name, or 0.
func (s *scan) judgeKorean(w *hangulWord, i int) int {
	before := s.koreanCue(i, int(s.tokens[i].start)) + s.koreanAge(i)
	title := s.koreanTitle(i)
	most := 4
	if before+title > 0 {
		most = maxKoreanName
	} else if w.n < 2 || surnameOf(w.part(0, 1)) == 0 && loreOfScript(w.part(0, 2)).given() == 0 && !titledInside(w.text) {
		return 0
	}
	if n := s.titledSurname(w, i, title); n > 0 {
		return n
	}
	best, length := 0.0, 0
	for n := min(most, w.n); n >= 2; n-- {
		suffix, ok := suffixOf(w.part(n, w.n), finalConsonant(w.part(n-1, n)))
		if !ok {
			continue
		}
		weight := w.shape(n, suffix)
		if weight < -2 {
			continue
		}
		switch {
		case suffix.kind == suffixTitle:
			weight += 1.8
		case w.n == n && title > 0, suffix.kind == suffixNone && title > 0:
			weight += title
		case suffix.kind == suffixPerson:
			weight += 0.9
		case suffix.kind == suffixParticle:
			weight += 0.4
		case suffix.kind == suffixCopula:
			weight += 0.7
		}
		if weight += before; n == 2 && suffix.kind == suffixPerson && loreOfScript(w.part(0, 2)).given() > 0 {
			weight += 0.8 // 지민아 is 지민, not the surname 지 with 민아
		}
		if weight > best {
			best, length = weight, n
		}
	}
	if best >= enough {
		return length
	}
	return 0
}

// shape weighs the first n syllables of w by themselves.
func (w *hangulWord) shape(n int, suffix suffix) float64 {
	whole := w.part(0, n)
	if koreanRoles()[whole] != 0 || koreanTitles()[whole] != 0 || verbEnding(whole, w.text[len(whole):]) {
		return -3
	}
	l := loreOfScript(whole)
	common := [4]float64{0, 0.9, 1.8, 2.8}[l.common()]
	if w.n > n {
		if c := loreOfScript(w.text).common(); c > 1 && suffix.kind != suffixTitle {
			common = max(common, 1.2)
		}
	}
	if n == 3 && loreOfScript(w.part(0, 2)).common() > 1 {
		if _, ok := suffixOf(w.part(2, 3), finalConsonant(w.part(1, 2))); ok {
			common = max(common, 1.8) // a noun and its particle: 배송이
		}
	}
	best := -3.0
	if surname := surnameOf(w.part(0, 1)); surname > 0 {
		switch n {
		case 2:
			best = surname - 0.9 + 0.2*float64(loreOfScript("²"+w.part(1, 2)).given())
		case 3:
			best = surname + givenShape(w, 1)
		case 4:
			best = surname - 0.8
		}
	}
	if n >= 3 && len(w.text) >= 6 && longSurnames[w.part(0, 2)] {
		if n == 4 {
			best = max(best, 1.2+givenShape(w, 2))
		} else {
			best = max(best, 0.9)
		}
	}
	if n == 2 && l.given() > 0 {
		best = max(best, 1.6)
	}
	if best < -2 {
		best = -0.2 // a foreign name, or a rare one: only what stands around it can tell
		if l.known() || n > 6 {
			best = -0.8
		}
	}
	return best - common
}

// givenShape weighs the two syllables from syllable k as a given name.
func givenShape(w *hangulWord, k int) float64 {
	given := w.part(k, k+2)
	if loreOfScript(given).given() > 0 {
		return 1.5
	}
	a, b := loreOfScript("¹"+w.part(k, k+1)).given(), loreOfScript("²"+w.part(k+1, k+2)).given()
	switch {
	case a >= 2 && b >= 2:
		return 0.9
	case a > 0 && b > 0:
		return 0.4
	case a > 0 || b > 0:
		return -0.1
	}
	return -0.6
}

// titledSurname gives the length of a surname that stands alone before a title, or is written together with it: 최 간호사님, 김대리.
func (s *scan) titledSurname(w *hangulWord, i int, title float64) int {
	n := 1
	if w.n >= 2 && longSurnames[w.part(0, 2)] {
		n = 2
	}
	surname := w.part(0, n)
	if n == 1 && surnameOf(surname) < 0.7 {
		return 0
	}
	if w.n == n {
		if title < 1.7 || n == 1 && vagueSurnames[surname] && !strings.Contains(s.value(i+1), "님") {
			return 0
		}
		return n
	}
	rest := w.part(n, w.n)
	if n == 1 && vagueSurnames[surname] || loreOfScript(w.text).common() > 1 {
		return 0
	}
	if end, ok := titleEnd(rest, true); ok && (end >= 6 || rest[:3] == "쌤") {
		if _, ok := suffixOf(rest[end:], finalConsonant(rest[end-3:end])); ok || rest[end:] == "" {
			return n
		}
	}
	return 0
}

// titledInside reports whether the token holds 님 or 씨, which even an unknown name may carry.
func titledInside(word string) bool {
	return strings.Contains(word, "님") || strings.Contains(word, "씨")
}

// koreanTitle weighs the token after token i as a title: 님, 씨, 대리님.
func (s *scan) koreanTitle(i int) float64 {
	if i+1 >= len(s.tokens) || s.gap(i) != " " || s.tokens[i+1].flags&isScript == 0 {
		return 0
	}
	next := s.value(i + 1)
	end, ok := titleEnd(next, false)
	if !ok {
		return 0
	}
	rest := next[end:]
	if rest != "" {
		if _, ok := suffixOf(rest, finalConsonant(next[end-3:end])); !ok {
			return 0
		}
	}
	return 1.8
}

// koreanAge weighs an age in brackets or after a comma that follows token i: 변상구(45).
func (s *scan) koreanAge(i int) float64 {
	if i+1 >= len(s.tokens) || !s.tokens[i+1].number() || s.tokens[i+1].len() > 2 {
		return 0
	}
	switch s.gap(i) {
	case "(", " (", ", ":
		return 0.8
	}
	return 0
}

// koreanCue weighs what stands before byte start, where token i begins: a role, a label, a greeting.
func (s *scan) koreanCue(i, start int) float64 {
	if i == 0 {
		return 0
	}
	if s.cellAt(start, cueName) {
		return 2
	}
	gap := s.gap(i - 1)
	if s.tokens[i-1].flags&isScript == 0 {
		if s.fieldLabel(i-1, gap) {
			return 2.5
		}
		if strings.HasSuffix(gap, "@") {
			return 0.8
		}
		return 0
	}
	return s.koreanBefore(i-1, start)
}

// koreanBefore weighs the Korean word prev before byte start.
func (s *scan) koreanBefore(prev, start int) float64 {
	word, gap := s.value(prev), s.text[s.tokens[prev].end:start]
	trimmed := strings.Trim(gap, " \t\"'*")
	colon := strings.HasPrefix(trimmed, ":") || strings.HasPrefix(trimmed, "=") || strings.HasPrefix(trimmed, ")")
	switch role := koreanRoles()[word]; {
	case role == roleLabel && colon && len(gap) < 10:
		return 2.5
	case role == roleLabel && (gap == " " || gap == "\n"):
		return 1.4
	case role == roleLabel:
		return 0
	case role == roleIntro && len(gap) < 4:
		return 1.2
	case role == rolePerson && colon && len(gap) < 10:
		return 2.3
	case role == rolePerson && (gap == " " || gap == " '" || gap == "(" || gap == " ("):
		return 1.3
	case role == 0 && gap == " " && len(word) > 6:
		// "제 이름은", "담당자는", "아빠인"
		for _, cut := range [...]string{"은", "는", "인", "이", "가"} {
			if stem, ok := strings.CutSuffix(word, cut); ok && namingWords[stem] {
				return 2
			}
		}
	}
	return 0
}

// namingWords are the labels that take a particle before the name: 제 이름은.
var namingWords = map[string]bool{"이름": true, "성함": true, "성명": true, "본명": true, "실명": true, "예금주": true, "담당자": true, "수령인": true}

// verbEnding reports whether the rest makes the word a verb: 내원하+였다.
func verbEnding(stem, rest string) bool {
	return rest != "" && (strings.HasSuffix(stem, "하") || strings.HasSuffix(stem, "되")) && !strings.HasPrefix(rest, "에게") && !strings.HasPrefix(rest, "한테") &&
		!strings.HasPrefix(rest, "님") && !strings.HasPrefix(rest, "씨") && rest != "가" && rest != "를" && rest != "의"
}
