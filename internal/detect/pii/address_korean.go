package pii

import (
	"strings"
	"unicode/utf8"
)

// korean starts an address in Hangul at the number i, whose first token must come after done: a road or a lot with its number, or
// a building and a flat.
func (r *addressReader) korean(i, done int) bool {
	s := r.s
	if !digit(s.text[s.tokens[i].start]) || s.tokens[i].len() > 6 {
		return false
	}
	road := r.road(i)
	if !road && !r.lot(i) && !r.flatOnly(i) {
		return false
	}
	r.koreanLeft(done)
	r.koreanRight()
	return true
}

func (r *addressReader) hangul(i int) string {
	if i < 0 || i >= len(r.s.tokens) || r.s.tokens[i].flags&isScript == 0 {
		return ""
	}
	return r.s.value(i)
}

// road reads 동교로 242, 자하문로 118-2, 양화로 92길 7, 곽지3길 11, 소양로 133번길 8, where i is the first number.
func (r *addressReader) road(i int) bool {
	s := r.s
	name := r.hangul(i - 1)
	if name == "" {
		return false
	}
	gap := s.gap(i - 1)
	k := i
	branch := r.hangul(i + 1)
	hasBranch := branch != "" && s.gap(i) == "" && (branch == "길" || branch == "번길" || branch == "로" || strings.HasSuffix(branch, "길") && utf8.RuneCountInString(branch) == 2)
	switch {
	case hasBranch && (gap == "" || gap == " " && roadName(name)):
		k = i + 2
		if k >= len(s.tokens) || s.gap(i+1) != " " || !s.tokens[k].number() || s.tokens[k].len() > 5 {
			return false
		}
	case gap == " " && roadName(name):
	default:
		return false
	}
	r.first = i - 1
	r.last = r.lotNumber(k)
	if s.at(int(s.tokens[r.last].end)) == '.' && digit(s.at(int(s.tokens[r.last].end)+1)) || strings.HasSuffix(name, "으로") {
		return false
	}
	if next := r.hangul(r.last + 1); next != "" && s.gap(r.last) == "" && counted(next) {
		return false
	}
	return true
}

// roadName reports whether the word ends as the name of a road does.
func roadName(name string) bool {
	n := utf8.RuneCountInString(name)
	if strings.HasSuffix(name, "대로") {
		return n >= 3
	}
	if strings.HasSuffix(name, "길") || strings.HasSuffix(name, "로") {
		return n >= 2 && !notRoads[name] && loreOfScript(name).common() < 3
	}
	return false
}

var notRoads = map[string]bool{
	"으로": true, "서로": true, "새로": true, "별로": true, "바로": true, "따로": true, "주로": true, "홀로": true,
	"앞으로": true, "실제로": true, "추가로": true, "평균적으로": true, "최대로": true, "기준으로": true, "처음으로": true, "다시길": true,
}

// counted reports whether the word makes the number before it a count or a date.
func counted(word string) bool {
	for _, unit := range [...]string{"년", "월", "일", "시", "분", "초", "개", "명", "원", "번째", "번의", "회", "살", "세", "만", "천", "억", "위", "점", "킬로", "배", "주"} {
		if strings.HasPrefix(word, unit) {
			return true
		}
	}
	return false
}

// lotNumber gives the last token of a number such as 118-2 or 214번지 that begins at k.
func (r *addressReader) lotNumber(k int) int {
	s := r.s
	if k+1 < len(s.tokens) && s.gap(k) == "-" && s.tokens[k+1].number() && s.tokens[k+1].len() <= 4 {
		k++
	}
	if next := r.hangul(k + 1); next != "" && s.gap(k) == "" && strings.HasPrefix(next, "번지") {
		k++
	}
	return k
}

// lot reads 송정리 214번지, 장기동 1888-3, 우두리 산 12.
func (r *addressReader) lot(i int) bool {
	s := r.s
	first := i - 1
	name := r.hangul(first)
	if name == "산" && first > 0 && s.gap(first-1) == " " {
		first--
		name = r.hangul(first)
	}
	if name == "" || s.gap(i-1) != " " || utf8.RuneCountInString(name) < 2 || loreOfScript(name).common() == 3 && utf8.RuneCountInString(name) < 3 {
		return false
	}
	if !strings.HasSuffix(name, "동") && !strings.HasSuffix(name, "리") && !strings.HasSuffix(name, "가") {
		return false
	}
	last := r.lotNumber(i)
	exact := last > i // 1888-3, 214번지
	if next := r.hangul(last + 1); next != "" && s.gap(last) == "" && counted(next) {
		return false
	}
	if !exact && !(first > 0 && s.gap(first-1) == " " && areaSize(r.hangul(first-1)) != noArea) {
		return false
	}
	r.first, r.last = first, last
	return true
}

// flatOnly reads 105동 1702호.
func (r *addressReader) flatOnly(i int) bool {
	s := r.s
	if r.hangul(i+1) != "동" || s.gap(i) != "" || i+3 >= len(s.tokens) || s.gap(i+1) != " " || !s.tokens[i+2].number() ||
		s.gap(i+2) != "" || !strings.HasPrefix(r.hangul(i+3), "호") {
		return false
	}
	r.first, r.last = i, i+3
	return true
}

// koreanLeft takes the towns and districts before the road: 경기도 수원시 팔달구.
func (r *addressReader) koreanLeft(done int) {
	s := r.s
	for n, below := 0, areaSize(r.hangul(r.first)); n < 6; n++ {
		k := r.first - 1
		if k <= done || k < 0 {
			return
		}
		gap := s.gap(k)
		word := r.hangul(k)
		if size := areaSize(word); gap == " " && word != "" && (size > below || building(word) && n == 0) {
			r.first, below = k, max(size, below)
			continue
		}
		if (gap == ") " || gap == " ") && s.tokens[k].number() && s.tokens[k].len() == 5 && (gap == " " || s.at(int(s.tokens[k].start)-1) == '(') {
			r.first = k
		}
		return
	}
}

// The sizes of areas, of which a larger one stands before a smaller one.
const (
	noArea = iota
	village
	township
	district
	city
	province
)

// areaSize gives the size of the area that the word names.
func areaSize(word string) int {
	if size := knownAreas[word]; size != noArea {
		return size
	}
	n := utf8.RuneCountInString(word)
	if n < 2 || n > 7 {
		return noArea
	}
	common := loreOfScript(word).common()
	switch r, _ := utf8.DecodeLastRuneInString(word); {
	case r == '도' && common < 2:
		return province
	case r == '시' && (common < 2 || n > 2 && common < 3), r == '군' && common < 2:
		return city
	case r == '구' && (common < 2 || n > 2):
		return district
	case (r == '읍' || r == '면') && common < 2:
		return township
	case (r == '동' || r == '리' || r == '가') && n >= 3 && common < 2:
		return village
	}
	return noArea
}

// knownAreas are those whose names do not tell what they are, or are common words.
var knownAreas = func() map[string]int {
	set := map[string]int{}
	for size, words := range map[int]string{
		province: "서울 부산 대구 인천 대전 울산 세종 경기 강원 충북 충남 전북 전남 경북 경남 제주 서울시 부산시 대구시 인천시 대전시 세종시 " +
			"서울특별시 부산광역시 경기도 강원도 제주도",
		city:     "광주 성남 수원 청주 전주 창원 원주 강릉 제주시",
		district: "중구 동구 서구 남구 북구 종로 마포 강남",
	} {
		for word := range strings.FieldsSeq(words) {
			set[word] = size
		}
	}
	return set
}()

// building reports whether the word is the name of a building or a housing estate.
func building(word string) bool {
	for _, tail := range [...]string{
		"아파트", "빌라", "빌딩", "타워", "오피스텔", "맨션", "주택", "마을", "단지", "상가", "원룸", "고시원", "하우스", "기숙사", "빌", "팰리스",
		"캐슬", "자이", "힐스테이트", "푸르지오", "래미안", "연립", "센터", "프라자", "플라자", "주공", "레지던스",
	} {
		if strings.HasSuffix(word, tail) && len(word) > len(tail) || word == "아파트" || word == "기숙사" || word == "고시원" {
			return true
		}
	}
	return false
}

// koreanRight takes building, block, floor and flat after the number: , 2층; 811동 302호; (파란 대문 집) stays outside.
func (r *addressReader) koreanRight() {
	s := r.s
	for range 8 {
		k := r.last + 1
		if k >= len(s.tokens) {
			return
		}
		gap := s.gap(r.last)
		if r.s.tokens[r.last].flags&isScript != 0 && r.koreanPart(r.last) < s.tokens[r.last].len() {
			return // a particle closes it
		}
		if gap != " " && gap != ", " && gap != " (" && gap != "(" && gap != "" && gap != ") " && gap != "), " {
			return
		}
		word := r.hangul(k)
		switch {
		case gap == "" && word != "" && (strings.HasPrefix(word, "층") || strings.HasPrefix(word, "호") || strings.HasPrefix(word, "동") && s.tokens[r.last].flags&hasDigit != 0 || strings.HasPrefix(word, "단지")):
			r.last = k
		case gap == "":
			return
		case s.tokens[k].flags&hasDigit != 0 && r.unitAfter(k) > 0:
			r.last = r.unitAfter(k)
		case word != "" && (word == "제" || word == "지하") && k+1 < len(s.tokens) && s.tokens[k+1].flags&hasDigit != 0 && r.unitAfter(k+1) > 0:
			r.last = r.unitAfter(k + 1)
		case word != "" && (building(word) || floorWord(word)):
			r.last = k
		case word != "" && utf8.RuneCountInString(word) == 2 && strings.HasSuffix(word, "동") && (gap == ", " || gap == " ") && loreOfScript(word).common() < 2:
			r.last = k
		case s.tokens[k].flags&isScript == 0 && s.tokens[k].len() == 1 && s.capital(k) && r.hangul(k+1) == "동" && s.gap(k) == "":
			r.last = k + 1
		case (gap == " (" || gap == "(") && word != "" && strings.HasSuffix(word, "동") && s.at(int(s.tokens[k].end)) == ')':
			r.last = k
		case word != "" && gap == ", " && k+1 < len(s.tokens) && s.gap(k) == " " && s.tokens[k+1].flags&hasDigit != 0 && r.unitAfter(k+1) > 0 && loreOfScript(word).common() < 3:
			r.last = r.unitAfter(k + 1)
		default:
			return
		}
	}
}

// floorWord reports whether the word names a storey.
func floorWord(word string) bool {
	for _, floor := range [...]string{"지하", "지층", "옥탑", "반지하", "옥상"} {
		if strings.HasPrefix(word, floor) && len(word) <= len(floor)+3 {
			return true
		}
	}
	return false
}

// unitAfter gives the token of the 동, 호, 층 or 단지 that follows the number k, or -1.
func (r *addressReader) unitAfter(k int) int {
	s := r.s
	if k+2 < len(s.tokens) && s.gap(k) == "-" && s.tokens[k+1].flags&hasDigit != 0 {
		k++
	}
	if k+1 >= len(s.tokens) || s.gap(k) != "" {
		return -1
	}
	word := r.hangul(k + 1)
	for _, unit := range [...]string{"동", "호", "층", "단지"} {
		if strings.HasPrefix(word, unit) {
			return k + 1
		}
	}
	return -1
}

// koreanPart gives how many bytes of the last token belong to the address: without the particle in 302호에.
func (r *addressReader) koreanPart(i int) int {
	word := r.s.value(i)
	for _, unit := range [...]string{"단지", "번지", "동", "호실", "호", "층"} {
		if strings.HasPrefix(word, unit) && r.s.gap(i-1) == "" {
			return len(unit)
		}
	}
	for _, floor := range [...]string{"지하", "지층", "옥탑", "반지하", "옥상"} {
		if strings.HasPrefix(word, floor) {
			return len(floor)
		}
	}
	for _, particle := range [...]string{"입니다", "이에요", "에서", "으로", "에", "로", "은", "는", "이", "가", "을", "를", "의"} {
		if stem, ok := strings.CutSuffix(word, particle); ok && building(stem) {
			return len(stem)
		}
	}
	return len(word)
}
