package pii

import (
	"cmp"
	"slices"
	"strings"
)

// age is a person's age: a number with "years old", "세", "살" or the like, after "aged" or "나이", after a name and a comma, in
// digits or in words. Spans of time are none: "5 years ago", "40 years of experience".
var age = entity{
	typ:   Age,
	words: []phrases{{cueAge, "age|aged|ages|나이|연령|연세|만 나이|나이는|연세는|age at|年齢|年龄"}},
	find:  findAges,
}

func findAges(s *scan) {
	s.readWords()
	names := s.nameEnds()
	for _, n := range s.numbers {
		i := int(n)
		if t := s.tokens[i]; t.len() <= 8 && digit(s.text[t.start]) {
			s.ageInDigits(i, names)
		}
	}
	for i := range s.tokens {
		if s.tokens[i].flags&isScript != 0 {
			s.ageInKorean(i)
		} else if s.words[i].class&isNumber != 0 {
			s.ageInWords(i, names)
		}
	}
}

// nameEnds gives the findings of names, sorted by their end.
func (s *scan) nameEnds() []found {
	rank := Name.rank()
	first := slices.IndexFunc(s.found, func(f found) bool { return f.rank == rank })
	if first < 0 {
		return nil
	}
	last := first
	for last < len(s.found) && s.found[last].rank == rank {
		last++
	}
	names := s.found[first:last]
	slices.SortFunc(names, func(a, b found) int { return cmp.Compare(a.end, b.end) })
	return names
}

// followsName reports whether one of the names ends at byte i.
func (s *scan) followsName(i int, names []found) bool {
	_, ok := slices.BinarySearchFunc(names, i, func(f found, end int) int { return cmp.Compare(f.end, end) })
	return ok
}

// ageInDigits looks at the number that token i begins with.
func (s *scan) ageInDigits(i int, names []found) {
	t := s.tokens[i]
	start, end := int(t.start), int(t.end)
	stop := start
	for stop < end && digit(s.text[stop]) {
		stop++
	}
	if stop-start > 3 || s.at(start-1) == '.' || s.at(start-1) == '$' || s.at(start-1) == '-' || s.at(start-1) == ':' && digit(s.at(start-2)) ||
		s.at(start-1) == '/' && digit(s.at(start-2)) || s.at(stop) == '.' && digit(s.at(stop+1)) || s.at(stop) == ',' && digit(s.at(stop+1)) && digit(s.at(stop+3)) {
		return
	}
	value := 0
	for _, c := range []byte(s.text[start:stop]) {
		value = value*10 + int(c-'0')
	}
	if value > 120 {
		return
	}
	if stop < end { // 19yo, 82F, 5yrs
		switch strings.ToLower(s.text[stop:end]) {
		case "yo":
			s.add(start, end, 0.9)
		case "f", "m":
			if s.text[stop] < 'a' && stop-start == 2 && (i == 0 || s.breaksBetween(start-2, start) > 0) {
				s.add(start, end, 0.6)
			}
		case "y":
			if strings.HasPrefix(s.text[end:], "/o") {
				s.add(start, end+len("/o"), 0.9)
			}
		case "yr", "yrs":
			if strings.HasPrefix(s.text[end:], " old") {
				s.add(start, end+4, 0.9)
			}
		}
		return
	}
	if e := s.ageUnit(stop); e > 0 {
		s.add(start, e, 0.9)
		return
	}
	if s.koreanAgeUnit(i) {
		return
	}
	if s.bareAge(i, value, names) {
		s.add(start, stop, 0.7)
	}
}

// ageUnit reads what makes the number that ends at byte at an age: -year-old, years old, y/o, months of age, 岁. It gives the
// end, or 0.
func (s *scan) ageUnit(at int) int {
	i := at
	if c := s.at(i); c == ' ' || c == '-' {
		i++
	}
	if s.at(i) >= 0x80 {
		for _, unit := range [...]string{"岁", "歳", "才"} {
			if strings.HasPrefix(s.text[i:], unit) {
				return i + len(unit)
			}
		}
		return 0
	}
	end := i
	for end < len(s.text) && end-i < 7 && folds[s.text[end]] >= 'a' && folds[s.text[end]] <= 'z' {
		end++
	}
	switch strings.ToLower(s.text[i:end]) {
	case "year", "years", "yr", "yrs", "month", "months", "week", "weeks", "day", "days", "mo", "mos", "wk":
	case "y":
		if strings.HasPrefix(s.text[end:], "/o") {
			return end + len("/o")
		}
		if strings.HasPrefix(s.text[end:], ".o.") {
			return end + len(".o.")
		}
		return 0
	case "yo":
		return end
	default:
		return 0
	}
	if s.at(end) == '.' {
		end++
	}
	for _, tail := range [...]string{" old", "-old", " of age"} {
		if strings.HasPrefix(s.text[end:], tail) && classes[s.at(end+len(tail))]&alnum == 0 {
			return end + len(tail)
		}
	}
	return 0
}

// bareAge reports whether the number alone is an age by what stands before it.
func (s *scan) bareAge(i, value int, names []found) bool {
	t := s.tokens[i]
	start, end := int(t.start), int(t.end)
	after := s.at(end)
	if after == '%' || after == ':' || after == '/' && digit(s.at(end+1)) || after == '-' && digit(s.at(end+1)) {
		return false
	}
	if value < 1 || i == 0 {
		return false
	}
	if s.cellAt(start, cueAge) {
		return true
	}
	gap := s.gap(i - 1)
	// a label: age: 44, "age": 47, aged 61
	if k := s.keysBefore(start) - 1; k >= 0 && s.keys[k].cue&cueAge != 0 && start-int(s.keys[k].end) <= 8 && s.tokenAt(start)-s.tokenAt(int(s.keys[k].end)) <= 1 {
		between := s.text[s.keys[k].end:start]
		if strings.Trim(between, " \t\"':=는은이가(/of성별") == "" || between == " is " || between == "d " || between == " of " {
			return value >= 1 && !s.agesOfThings(end)
		}
	}
	if s.ageUnitWord(i) {
		return false
	}
	if i >= 2 && s.value(i-1) == "and" && s.tokens[i-2].number() && len(s.found) > 0 && s.found[len(s.found)-1].end == int(s.tokens[i-2].end) && s.found[len(s.found)-1].rank == s.rank {
		return value > 0 && s.clauseAfterAge(end)
	}
	nameEnd := int(s.tokens[i-1].end)
	switch gap {
	case ", ":
		if s.followsName(nameEnd, names) && (after == ',' || after == '.' || after == ';' || after == ')' || after == 0 || after == '\n') && s.at(end+1) != '0' {
			return value > 0 && !(after == ',' && digit(s.at(end+1)))
		}
	case " (", "(":
		return (s.followsName(nameEnd, names) || s.titleEndsName(i-1, names)) && (after == ')' || after == ',')
	case " ":
		if s.clauseAfterAge(end) {
			switch {
			case s.value(i-1) == "shes" || s.value(i-1) == "hes":
				return value > 0
			case s.value(i-1) == "now" && i >= 2 && s.gap(i-2) == ", " && s.followsName(int(s.tokens[i-2].end), names):
				return value > 3
			case s.value(i-1) == "at" && i >= 2 && s.value(i-2) == "I" && s.gap(i-2) == ", ":
				return value > 9
			case (after == '\n' || after == 0) && s.tokens[i-1].flags&isScript != 0 && s.followsName(nameEnd, names):
				return true
			case s.hashes[i-1] == hashIs && i >= 2 && (s.followsName(int(s.tokens[i-2].end), names) || s.value(i-2) == "he" || s.value(i-2) == "she" || s.value(i-2) == "He" || s.value(i-2) == "She"):
				return value > 0
			case s.hashes[i-1] == hashWas && i >= 2 && (s.value(i-2) == "he" || s.value(i-2) == "she" || s.value(i-2) == "I" || s.value(i-2) == "He" || s.value(i-2) == "She"):
				return value > 3
			case s.hashes[i-1] == hashOf("turned") || s.hashes[i-1] == hashOf("turns") || s.hashes[i-1] == hashOf("turning"):
				return true
			case (s.hashes[i-1] == hashOf("m") || s.hashes[i-1] == hashOf("am") || s.hashes[i-1] == hashOf("im")) && value > 5:
				return s.value(i-1) == "im" || s.value(i-1) == "Im" || i >= 2 && s.value(i-2) == "I" || s.value(i-1) == "Im"
			case s.hashes[i-1] == hashS && i >= 2 && (s.value(i-2) == "he" || s.value(i-2) == "she" || s.value(i-2) == "He" || s.value(i-2) == "She" || s.value(i-2) == "who"):
				return value > 0
			case (s.value(i-1) == "only" || s.value(i-1) == "now" || s.value(i-1) == "just") && i >= 2 && (s.hashes[i-2] == hashS || s.hashes[i-2] == hashOf("m") || s.hashes[i-2] == hashIs):
				return value > 0 && s.personBefore(i-2)
			}
		}
	}
	return false
}

// titleEndsName reports whether token i is a title after a name: 고옥자 여사(77).
func (s *scan) titleEndsName(i int, names []found) bool {
	return i > 0 && s.tokens[i].flags&isScript != 0 && s.gap(i-1) == " " && s.followsName(int(s.tokens[i-1].end), names)
}

// personBefore reports whether one of the two tokens before i is a pronoun.
func (s *scan) personBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-1; k-- {
		switch strings.ToLower(s.value(k)) {
		case "he", "she", "i", "who":
			return true
		}
	}
	return false
}

// agesOfThings reports whether what follows byte i makes the number something else: age 3 of the game.
func (s *scan) agesOfThings(i int) bool {
	return strings.HasPrefix(s.text[i:], "%") || strings.HasPrefix(s.text[i:], "+")
}

// clauseAfterAge reports whether the number that ends at byte i is not followed by what it would count.
func (s *scan) clauseAfterAge(i int) bool {
	rest := s.text[i:min(len(s.text), i+12)]
	if rest == "" {
		return true
	}
	switch rest[0] {
	case ',', '.', ';', ')', '!', '?', '\n':
		return len(rest) == 1 || !digit(rest[1])
	}
	for _, next := range [...]string{" and ", " but ", " now", " today", " yesterday", " last", " this", " next", " on ", " when ", " so ", " or ", " - ", " — "} {
		if strings.HasPrefix(rest, next) {
			return true
		}
	}
	return false
}

// ageUnitWord reports whether a unit that is no age follows number i: 5 years ago, 40 hours.
func (s *scan) ageUnitWord(i int) bool {
	if i+1 >= len(s.tokens) || s.gap(i) != " " {
		return false
	}
	return s.words[i+1].class&isUnit != 0
}
