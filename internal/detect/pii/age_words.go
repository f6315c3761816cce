package pii

import "strings"

// ageInWords looks at the number word at token i: fifty-seven, aged nine.
func (s *scan) ageInWords(i int, names []found) {
	if i > 0 && s.gap(i-1) == "-" && numberWord(s.hashes[i-1]) >= 20 {
		return
	}
	last := i
	if numberWord(s.hashes[i]) >= 20 && i+1 < len(s.tokens) && (s.gap(i) == "-" || s.gap(i) == " ") {
		if n := numberWord(s.hashes[i+1]); n > 0 && n < 10 {
			last = i + 1
		}
	}
	start, end := int(s.tokens[i].start), int(s.tokens[last].end)
	if e := s.ageUnit(end); e > 0 {
		s.add(start, e, 0.9)
		return
	}
	if i == 0 {
		return
	}
	gap := s.gap(i - 1)
	switch {
	case gap == ", " && s.followsName(int(s.tokens[i-1].end), names) && (s.at(end) == ',' || s.at(end) == '.'):
		s.add(start, end, 0.7)
	case gap == " " && (s.hashes[i-1] == hashOf("aged") || (s.hashes[i-1] == hashOf("turns") || s.hashes[i-1] == hashOf("turned") || s.hashes[i-1] == hashOf("turning")) && s.clauseAfterAge(end)):
		s.add(start, end, 0.7)
	case gap == " " && last > i && s.hashes[i-1] == hashOf("m") && s.clauseAfterAge(end):
		s.add(start, end, 0.6)
	}
}

func numberWord(hash uint64) int {
	if n, ok := numberWords[hash]; ok {
		return n
	}
	return -1
}

var numberWords = func() map[uint64]int {
	set := map[uint64]int{}
	n := 1
	for word := range strings.FieldsSeq("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
		"seventeen eighteen nineteen") {
		set[hashOf(word)] = n
		n++
	}
	n = 20
	for word := range strings.FieldsSeq("twenty thirty forty fifty sixty seventy eighty ninety") {
		set[hashOf(word)] = n
		n += 10
	}
	return set
}()

// koreanAgeUnit reads 78세, 35살, 만 29세 and, after 생후, 7개월, at number i. It reports whether it found one.
func (s *scan) koreanAgeUnit(i int) bool {
	if i+1 >= len(s.tokens) || s.tokens[i+1].flags&isScript == 0 || s.gap(i) != "" && s.gap(i) != " " {
		return false
	}
	unit := s.value(i + 1)
	start := int(s.tokens[i].start)
	size := 0
	switch {
	case strings.HasPrefix(unit, "세") && !strings.HasPrefix(unit, "세기") && !strings.HasPrefix(unit, "세대") && !strings.HasPrefix(unit, "세트") && !strings.HasPrefix(unit, "세션") && s.gap(i) == "":
		size = len("세")
	case strings.HasPrefix(unit, "살"):
		size = len("살")
	case strings.HasPrefix(unit, "개월") && i > 0 && s.value(i-1) == "생후":
		size = len("개월")
	default:
		return false
	}
	if i > 0 && s.value(i-1) == "만" && s.gap(i-1) == " " {
		start = int(s.tokens[i-1].start)
	}
	s.add(start, int(s.tokens[i+1].start)+size, 0.9)
	return true
}

var (
	koreanTens  = [...]string{"스물", "스무", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔", "열"}
	koreanUnits = [...]string{"하나", "한", "둘", "두", "셋", "세", "넷", "네", "다섯", "여섯", "일곱", "여덟", "아홉"}
)

// ageInKorean looks at the Korean number at token i: 예순셋, 스무 살, 일곱 살.
func (s *scan) ageInKorean(i int) {
	word := s.value(i)
	if syllableOf(word)&beginsNumber == 0 {
		return
	}
	at, tens, units := 0, false, false
	for _, ten := range koreanTens {
		if strings.HasPrefix(word, ten) {
			at, tens = len(ten), true
			break
		}
	}
	for _, unit := range koreanUnits {
		if strings.HasPrefix(word[at:], unit) {
			at += len(unit)
			units = true
			break
		}
	}
	if at == 0 {
		return
	}
	start, rest := int(s.tokens[i].start), word[at:]
	if strings.HasPrefix(rest, "살") {
		s.add(start, start+at+len("살"), 0.9)
		return
	}
	if rest == "" && i+1 < len(s.tokens) && s.gap(i) == " " && strings.HasPrefix(s.value(i+1), "살") && !strings.HasPrefix(s.value(i+1), "살아") {
		s.add(start, int(s.tokens[i+1].start)+len("살"), 0.9)
		return
	}
	if !tens {
		return
	}
	if strings.HasPrefix(word, "열") && !units {
		return
	}
	counted := i+1 < len(s.tokens) && s.gap(i) == " " && rest == "" && countsThings(s.value(i+1))
	if counted {
		return
	}
	if _, ok := suffixOf(rest, finalConsonant(word[at-3:at])); !ok && rest != "이고" && rest != "이라며" && rest != "다" {
		return
	}
	if units || i+1 < len(s.tokens) && (strings.HasPrefix(s.value(i+1), "넘") || strings.HasPrefix(s.value(i+1), "먹") || strings.HasPrefix(s.value(i+1), "된") || strings.HasPrefix(s.value(i+1), "되")) || s.near(start, start+at, 40, 0, cueAge) {
		s.add(start, start+at, 0.7)
	}
}

// countsThings reports whether the word is a counter of other things than years of life.
func countsThings(word string) bool {
	for _, counter := range [...]string{"명", "개", "번", "마리", "권", "장", "시", "가지", "곳", "대", "병", "잔", "달", "해", "분", "사람", "배", "군데", "그루", "송이", "통", "켤레", "벌"} {
		if strings.HasPrefix(word, counter) {
			return true
		}
	}
	return false
}
