package pii

import "unicode/utf8"

var expiryWords = []phrases{
	{cueExpiry, "exp|expiry|exp date|expiry date|expiration|expiration date|valid thru|valid through|good thru|card expiry|" +
		"expires end|exp mm yy|exp month|mm yy|유효기간|유효 기간|만료일|만료 일자|카드 만료|유효기한|有効期限|有效期"},
	{cueExpires, "expires|expires on|expiring|expire|expired|valid until|valid till|good until|thru|만료|caduca|expire le"},
}

// expiryReach is how far, in bytes, after a card number a bare date is still the card's.
const expiryReach = 16

// findExpiries finds months with years (01/21, 01/2021, 1-2027, Jan 2021, 2028년 6월) that the text calls a card's expiry, or that
// follow a card number.
//
// "expires 01/2027" and the like are also said of contracts and milk, so that they need a word for cards near.
func findExpiries(s *scan) {
	for n := range s.numbers {
		if start, end, ok := s.bare(n, 4, 4); ok && monthYear(s.text[start:end]) && s.free(start, end) && s.direct(start, cueExpiry) {
			s.add(start, end, 0.8)
			continue
		}
		start, end, ok := s.month(n)
		if !ok {
			continue
		}
		label, _ := s.labelBefore(start, cueExpiry|cueExpires)
		switch {
		case label && (s.direct(start, cueExpiry) || s.near(start, end, 160, 60, cueCard)), s.afterCard(start):
			s.add(start, end, 0.9)
		case s.labelAfter(end, cueExpiry|cueExpires) && s.near(start, end, 160, 60, cueCard):
			s.add(start, end, 0.8)
		}
	}
}

// afterCard reports whether a card number ends shortly before byte start, with no word but a few letters between.
func (s *scan) afterCard(start int) bool {
	end, ok := s.lastFound(CardNumber, start)
	return ok && start-end <= expiryReach && !s.numberBetween(end, start) && s.breaksBetween(end, start) <= 1
}

// month reads a month with its year that begins with s.numbers[n], or for a month by name, before it.
func (s *scan) month(n int) (start, end int, ok bool) {
	index := int(s.numbers[n])
	t := s.tokens[index]
	if !t.number() || t.len() > 4 {
		return 0, 0, false
	}
	start, end = int(t.start), int(t.end)
	value := s.value(index)
	if yearLike(value) {
		if from, ok := s.monthBefore(index); ok && s.freeAfter(end) { // Jan 2021
			return from, end, true
		}
		if from, to, ok := s.koreanMonth(index, start); ok { // 2028년 6월
			return from, to, true
		}
	}
	if t.len() > 2 || !monthNumber(value) || index+1 >= len(s.tokens) {
		return 0, 0, false
	}
	year := s.tokens[index+1]
	gap := s.text[end:year.start]
	if gap != "/" && gap != "-" && gap != " / " && gap != "." && gap != " - " && gap != "|" || !year.number() ||
		!yearLike(s.value(index+1)) || !s.opens(start) || !s.freeAfter(int(year.end)) {
		return 0, 0, false
	}
	return start, int(year.end), true
}

// monthBefore gives where the name of a month begins that stands right before the token at index.
func (s *scan) monthBefore(index int) (start int, ok bool) {
	if index == 0 {
		return 0, false
	}
	name, year := s.tokens[index-1], s.tokens[index]
	gap := int(year.start - name.end)
	return int(name.start), gap >= 1 && gap <= 2 && monthName(s.text[name.start:name.end])
}

// koreanMonth reads "2028년 6월" whose year is the token at index.
func (s *scan) koreanMonth(index, start int) (int, int, bool) {
	if index+2 >= len(s.tokens) {
		return 0, 0, false
	}
	mark, month := s.tokens[index+1], s.tokens[index+2]
	if s.text[mark.start:mark.end] != "년" || !month.number() || !monthNumber(s.value(index+2)) || int(month.start)-int(mark.end) > 1 {
		return 0, 0, false
	}
	if r, size := utf8.DecodeRuneInString(s.text[month.end:]); r == '월' {
		return start, int(month.end) + size, true
	}
	return 0, 0, false
}

// freeAfter reports whether no further part of a date or number follows byte end.
func (s *scan) freeAfter(end int) bool {
	switch s.at(end) {
	case '/', '-', '.', ':', ',':
		return !digit(s.at(end + 1))
	}
	return true
}

func monthNumber(value string) bool {
	switch len(value) {
	case 1:
		return value[0] >= '1'
	case 2:
		return value[0] == '0' && value[1] >= '1' || value[0] == '1' && value[1] <= '2'
	}
	return false
}

// yearLike reports whether value is a year of a card: two digits, or four from 2000 to 2099.
func yearLike(value string) bool {
	return len(value) == 2 && digit(value[0]) || len(value) == 4 && value[0] == '2' && value[1] == '0'
}

// monthYear reports whether the four digits are a month and a year of this century's second quarter, as in "exp=1227". Those
// that also read as a year, 2012 say, begin with no month.
func monthYear(digits string) bool {
	return monthNumber(digits[:2]) && digits[2] >= '2' && digits[2] <= '4'
}

func monthName(word string) bool {
	if len(word) < 3 || len(word) > 9 {
		return false
	}
	for _, month := range [...]string{
		"january", "february", "march", "april", "may", "june", "july", "august", "september",
		"october", "november", "december", "sept",
	} {
		if foldedEqual(word, month) || len(word) == 3 && foldedEqual(word, month[:3]) {
			return true
		}
	}
	return false
}

// foldedEqual reports whether word with ASCII capitals made small is folded.
func foldedEqual(word, folded string) bool {
	if len(word) != len(folded) {
		return false
	}
	for i := range len(word) {
		if folds[word[i]] != folded[i] {
			return false
		}
	}
	return true
}
