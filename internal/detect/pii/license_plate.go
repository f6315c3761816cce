package pii

import "strings"

// licensePlate is the plate of a vehicle: a Korean one by its form alone, another where the text speaks of plates.
var licensePlate = entity{
	typ: LicensePlate,
	words: []phrases{{cuePlate, "license plate|licence plate|number plate|plate|plates|plate number|plate no|registration plate|vehicle registration|" +
		"vehicle reg|registration|reg|reg no|rego|tag|tags|vehicle|car|truck|van|parked|vrm|" +
		"차량번호|차 번호|차량|번호판|차번호|자동차번호|車のナンバー|ナンバープレート|车牌"}},
	find: findPlates,
}

// plateSyllables are the letters of Korean plates.
const plateSyllables = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주바사아자하허호배"

func findPlates(s *scan) {
	for _, n := range s.numbers {
		i := int(n)
		if s.koreanPlate(i) {
			continue
		}
		s.westernPlate(i)
	}
}

// koreanPlate reads 12가 3456, 서울 70바 1189 and, where i is the last number, 서울 관악 다 1147.
func (s *scan) koreanPlate(i int) bool {
	t := s.tokens[i]
	if !t.number() {
		return false
	}
	start := i
	if t.len() == 4 && i >= 3 && s.gap(i-1) == " " && plateSyllable(s.value(i-1)) && knownAreas[s.value(i-3)] != noArea && s.gap(i-2) == " " && s.gap(i-3) == " " {
		s.add(int(s.tokens[i-3].start), int(t.end), 0.9)
		return true
	}
	if i+2 >= len(s.tokens) {
		return false
	}
	if t.len() != 2 && t.len() != 3 || s.gap(i) != "" && s.gap(i) != " " || !plateSyllable(s.value(i+1)) ||
		s.gap(i+1) != "" && s.gap(i+1) != " " && s.gap(i+1) != "-" {
		return false
	}
	last := s.tokens[i+2]
	if !last.number() || last.len() != 4 {
		return false
	}
	if s.gap(i+1) == " " && s.gap(i) == " " {
		return false
	}
	if i > 0 && s.gap(i-1) == " " && knownAreas[s.value(i-1)] != noArea {
		start = i - 1
	}
	s.add(int(s.tokens[start].start), int(last.end), 0.9)
	return true
}

func plateSyllable(v string) bool { return len(v) == 3 && strings.Contains(plateSyllables, v) }

// westernPlate reads capitals and digits, in one or two groups, that a word of plates labels.
func (s *scan) westernPlate(i int) {
	first, last := i, i
	if i > 0 && (s.gap(i-1) == " " || s.gap(i-1) == "-") && s.plateGroup(i-1) && s.tokens[i-1].flags&hasDigit == 0 && s.loudOrShort(i-1) {
		first = i - 1
		if i+1 < len(s.tokens) && s.gap(i) == " " && s.loudGroup(i+1) && s.tokens[i+1].len() <= 3 && s.tokens[first].len() <= 2 {
			last = i + 1 // B 1234 XY
		}
	} else if i+1 < len(s.tokens) && (s.gap(i) == " " || s.gap(i) == "-") && s.plateGroup(i+1) && s.loudOrShort(i+1) {
		last = i + 1
	}
	for k := first; k <= last; k++ {
		if !s.plateGroup(k) {
			return
		}
	}
	start, end := int(s.tokens[first].start), int(s.tokens[last].end)
	letters, digits := 0, 0
	for at := start; at < end; at++ {
		switch c := s.text[at]; {
		case digit(c):
			digits++
		case c >= 'A' && c <= 'Z':
			letters++
		}
	}
	if letters == 0 || digits == 0 || letters+digits < 4 || letters+digits > 10 || s.at(start-1) == '#' || s.at(start-1) == '-' || s.at(end) == '-' || s.at(end) == '_' || s.at(start-1) == '_' {
		return
	}
	british := letters == 5 && digits == 2 && first < last && s.tokens[first].len() == 4 && s.tokens[last].len() == 3
	if s.cellAt(start, cuePlate) {
		s.add(start, end, 0.8)
		return
	}
	reach := 20
	if british {
		reach = 48
	}
	if letters == 1 || letters+digits < 5 || letters+digits > 8 {
		reach = 14
	}
	for k := s.keysBefore(start) - 1; k >= 0 && start-int(s.keys[k].end) <= reach; k-- {
		if s.keys[k].cue&cuePlate != 0 {
			vague := int(s.keys[k].end)-int(s.keys[k].start) <= 7 && s.vehicleWord(s.keys[k])
			if vague && !british && !(letters >= 2 && digits >= 2) {
				return
			}
			s.add(start, end, 0.8)
			return
		}
		if s.keys[k].cue&labels != 0 {
			return
		}
	}
}

// vehicleWord reports whether the key only says that a vehicle is spoken of.
func (s *scan) vehicleWord(k key) bool {
	switch strings.ToLower(s.text[k.start:k.end]) {
	case "car", "truck", "van", "vehicle", "parked", "tag", "tags", "reg":
		return true
	}
	return false
}

// plateGroup reports whether token i may be a group of a plate: capitals and digits, at most ten.
func (s *scan) plateGroup(i int) bool {
	t := s.tokens[i]
	return t.flags&(hasLower|hasWide|isScript) == 0 && t.len() <= 10 && t.flags&(hasUpper|hasDigit) != 0
}

func (s *scan) loudOrShort(i int) bool {
	v := s.value(i)
	return len(v) >= 1 && len(v) <= 4 && !plainCapital[v]
}

// plainCapital are words that stand in capitals beside numbers.
var plainCapital = map[string]bool{"I": true, "A": true, "VIN": true, "ID": true, "NO": true, "AM": true, "PM": true, "USD": true, "EUR": true, "GBP": true, "KM": true, "KG": true}
