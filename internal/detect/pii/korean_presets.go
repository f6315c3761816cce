package pii

import (
	"sync"
	"time"
)

// The cues of the presets. They have a vocabulary of their own, so the bits of the types are free.
const (
	cueResident cue = 1 << iota
	cueKRPassport
	cueBusiness
	cueCorporate
	cueBank
	cueBankAccount
)

var presetVocabulary = sync.OnceValue(func() *vocabulary {
	return newVocabulary([]phrases{
		{cueResident, "주민등록번호|주민번호|주민|외국인등록번호|등록번호|resident registration number|rrn|alien registration number"},
		{cueKRPassport, "여권|여권번호|passport|passport number|passport no"},
		{cueBusiness, "사업자|사업자번호|사업자등록번호|사업자 등록번호|business registration number|business number"},
		{cueCorporate, "법인|법인번호|법인등록번호|법인 등록번호|corporate registration number"},
		{cueBank, "은행|국민|신한|우리은행|하나은행|기업은행|농협|수협|신협|우체국|카카오뱅크|카뱅|토스뱅크|토스|케이뱅크|새마을금고|새마을|제일은행|씨티은행|산업은행|부산은행|대구은행|" +
			"광주은행|전북은행|경남은행|제주은행|하나|우리|기업|국민은행|신한은행|농협은행|kb|ibk|nh|sc"},
		{cueBankAccount, "계좌|계좌번호|통장|입금|송금|이체|환불|예금주|account|account number"},
	})
})

// joinedNumbers gives the end of the groups of digits of these lengths, joined by '-', that begin at token i, or 0.
func (s *scan) joinedNumbers(i int, lengths ...int) int {
	if i+len(lengths) > len(s.tokens) {
		return 0
	}
	for k, n := range lengths {
		if !s.tokens[i+k].number() || s.tokens[i+k].len() != n {
			return 0
		}
		if k > 0 && s.gap(i+k-1) != "-" && s.gap(i+k-1) != " - " && s.gap(i+k-1) != "–" {
			return 0
		}
	}
	end := int(s.tokens[i+len(lengths)-1].end)
	if s.at(int(s.tokens[i].start)-1) == '-' || s.at(end) == '-' && digit(s.at(end+1)) {
		return 0
	}
	return end
}

// presetDigits copies the digits of bytes [start, end) to the beginning of out.
func (s *scan) presetDigits(start, end int, out *[16]byte) []byte {
	n := 0
	for i := start; i < end && n < len(out); i++ {
		if digit(s.text[i]) {
			out[n] = s.text[i] - '0'
			n++
		}
	}
	return out[:n]
}

// findResidents finds resident registration numbers whose seventh digit is one of genders: six digits of the date of birth, one of
// century and sex, five of the place and a check digit. Numbers given since October 2020 have no check digit, and a wrong one
// does not hide a number that is written with its hyphen. Source: 주민등록법 시행규칙 제2조.
func findResidents(s *scan, genders string) {
	for _, n := range s.numbers {
		i := int(n)
		end := s.joinedNumbers(i, 6, 7)
		hyphen := end > 0
		if !hyphen {
			if end = s.joinedNumbers(i, 13); end == 0 {
				continue
			}
		}
		start := int(s.tokens[i].start)
		var room [16]byte
		d := s.presetDigits(start, end, &room)
		if !residentDate(d) || !containsDigit(genders, d[6]) {
			continue
		}
		checked := residentCheck(d)
		if !checked && !hyphen && !s.near(start, end, 32, 0, cueResident) {
			continue
		}
		score := 0.75
		if checked {
			score = 1
		}
		s.add(start, end, score)
	}
}

func containsDigit(set string, d byte) bool {
	for i := range len(set) {
		if set[i] == d+'0' {
			return true
		}
	}
	return false
}

// residentDate reports whether the first six digits are a date in the century that the seventh gives.
func residentDate(d []byte) bool {
	century := [10]int{1800, 1900, 1900, 2000, 2000, 1900, 1900, 2000, 2000, 1800}[d[6]]
	year, month, day := century+int(d[0])*10+int(d[1]), int(d[2])*10+int(d[3]), int(d[4])*10+int(d[5])
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date.Month() == time.Month(month) && date.Day() == day
}

// residentCheck reports whether the last digit is the check digit of the twelve before it.
func residentCheck(d []byte) bool {
	sum := 0
	for i, weight := range [12]int{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5} {
		sum += weight * int(d[i])
	}
	base := 11
	if d[6] >= 5 && d[6] <= 8 {
		base = 13
	}
	return (base-sum%11)%10 == int(d[12])
}

// findKoreanPassports finds M12345678 beside a word of passports and, since 2021, M123A4567.
func findKoreanPassports(s *scan) {
	for _, n := range s.numbers {
		t := s.tokens[n]
		v := s.value(int(n))
		if t.len() != 9 || t.flags&(hasLower|hasWide) != 0 || s.at(int(t.start)-1) == '-' || s.at(int(t.end)) == '-' {
			continue
		}
		switch v[0] {
		case 'M', 'S', 'R', 'O', 'D', 'G', 'T', 'P':
		default:
			continue
		}
		start, end := int(t.start), int(t.end)
		said := s.near(start, end, 40, 16, cueKRPassport)
		switch {
		case allDigits(v[1:]) && said:
			s.add(start, end, 0.9)
		case allDigits(v[1:4]) && v[4] >= 'A' && v[4] <= 'Z' && allDigits(v[5:]) && (said || v[0] == 'M'):
			s.add(start, end, 0.9)
		}
	}
}

// findBusinessNumbers finds business registration numbers, 123-45-67890. A wrong check digit needs a word beside it.
func findBusinessNumbers(s *scan) {
	for _, n := range s.numbers {
		i := int(n)
		end, hyphen := s.joinedNumbers(i, 3, 2, 5), true
		if end == 0 {
			end, hyphen = s.joinedNumbers(i, 10), false
		}
		if end == 0 {
			continue
		}
		start := int(s.tokens[i].start)
		var room [16]byte
		checked := businessCheck(s.presetDigits(start, end, &room))
		said := s.near(start, end, 32, 12, cueBusiness)
		if hyphen && (checked || said) || checked && said {
			s.add(start, end, 0.9)
		}
	}
}

// businessCheck reports whether the tenth digit is the check digit. Source: 국세청 사업자등록번호 체계.
func businessCheck(d []byte) bool {
	sum := 0
	for i, weight := range [9]int{1, 3, 7, 1, 3, 7, 1, 3, 5} {
		sum += weight * int(d[i])
	}
	sum += int(d[8]) * 5 / 10
	return (10-sum%10)%10 == int(d[9])
}

// findCorporateNumbers finds corporate registration numbers, 123456-1234567, beside a word that says so.
func findCorporateNumbers(s *scan) {
	for _, n := range s.numbers {
		i := int(n)
		end := s.joinedNumbers(i, 6, 7)
		if end == 0 {
			end = s.joinedNumbers(i, 13)
		}
		if start := int(s.tokens[i].start); end > 0 && s.near(start, end, 32, 12, cueCorporate) {
			s.add(start, end, 0.9)
		}
	}
}

// findKoreanAccounts finds account numbers of 10 to 14 digits in two to four groups beside the name of a bank or a word of accounts.
func findKoreanAccounts(s *scan) {
	for k := 0; k < len(s.numbers); k++ {
		i := int(s.numbers[k])
		last, total := i, s.tokens[i].len()
		for s.tokens[i].number() && last+1 < len(s.tokens) && s.gap(last) == "-" && s.tokens[last+1].number() && last < i+3 {
			last++
			total += s.tokens[last].len()
		}
		if !s.tokens[i].number() || total < 10 || total > 14 {
			continue
		}
		start, end := int(s.tokens[i].start), int(s.tokens[last].end)
		bank := s.near(start, end, 24, 16, cueBank)
		if last == i && !(bank && s.near(start, end, 40, 24, cueBankAccount)) || last > i && !bank && !s.near(start, end, 24, 12, cueBankAccount) {
			continue
		}
		if s.at(start-1) == '-' || s.at(end) == '-' || last > i && s.text[start] == '0' && s.tokens[i].len() == 3 && s.text[start+1] == '1' || s.joinedNumbers(i, 6, 7) > 0 {
			continue
		}
		s.add(start, end, 0.8)
		for k+1 < len(s.numbers) && int(s.numbers[k+1]) <= last {
			k++
		}
	}
}

// findKoreanLicences finds driver's licence numbers, 12-34-567890-12.
func findKoreanLicences(s *scan) {
	for _, n := range s.numbers {
		if end := s.koreanLicence(int(n)); end > 0 {
			s.add(int(s.tokens[n].start), end, 0.9)
		}
	}
}
