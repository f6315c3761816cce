package pii

import "strings"

// driverID is the number of a driver's licence: a Korean one by its form, another where the text speaks of a licence. Formats
// differ by state and change; what is asked for is 5 to 16 letters and digits with at least four digits.
var driverID = entity{
	typ: DriverID,
	words: []phrases{{cueDriver, "driver's license|drivers license|driver license|driver's licence|drivers licence|driving licence|driving license|" +
		"driver licence|driver's lic|dl|dl number|dl no|d.l.|driver id|driver's license number|driver license number|driving licence number|" +
		"license number|licence number|license no|licence no|license|licence|운전면허|운전면허번호|운전면허증|면허번호|면허증번호|면허|運転免許|驾照"}},
	find: findDriverIDs,
}

func findDriverIDs(s *scan) {
	for n := 0; n < len(s.numbers); n++ {
		i := int(s.numbers[n])
		if end := s.koreanLicence(i); end > 0 {
			s.add(int(s.tokens[i].start), end, 0.9)
			continue
		}
		s.licence(i)
	}
}

// koreanLicence reads 12-34-567890-12 from token i and gives its end, or 0. The first group is the region, 11 to 28.
func (s *scan) koreanLicence(i int) int {
	if i+3 >= len(s.tokens) {
		return 0
	}
	for k, want := range [...]int{2, 2, 6, 2} {
		if !s.tokens[i+k].number() || s.tokens[i+k].len() != want || k > 0 && s.gap(i+k-1) != "-" && s.gap(i+k-1) != " " {
			return 0
		}
	}
	region := s.value(i)
	start, end := int(s.tokens[i].start), int(s.tokens[i+3].end)
	if region < "11" || region > "28" || s.at(start-1) == '-' || s.at(end) == '-' || digit(s.at(start-1)) {
		return 0
	}
	return end
}

// licence reads the number at token i if a word of licences stands before it.
func (s *scan) licence(i int) {
	first, last := i, i
	if i > 0 && s.tokens[i-1].len() <= 5 && s.loudGroup(i-1) && (s.gap(i-1) == " " || s.gap(i-1) == "-") && !plainCapital[s.value(i-1)] &&
		!s.keyOver(int(s.tokens[i-1].start), cueDriver) {
		first = i - 1
	}
	for last+1 < len(s.tokens) && last < i+4 && (s.gap(last) == "-" || s.gap(last) == " ") && s.tokens[last+1].flags&hasDigit != 0 && s.plateGroupLong(last+1) {
		last++
	}
	start, end := int(s.tokens[first].start), int(s.tokens[last].end)
	digits, total := 0, 0
	for at := start; at < end; at++ {
		switch c := s.text[at]; {
		case digit(c):
			digits++
			total++
		case classes[c]&alnum != 0:
			total++
			if c >= 'a' {
				return
			}
		}
	}
	if digits < 4 || total < 5 || total > 18 || s.at(end) == '_' {
		return
	}
	for k := s.keysBefore(start) - 1; k >= 0 && start-int(s.keys[k].end) <= 24; k-- {
		cue := s.keys[k].cue
		if cue&cueDriver != 0 {
			if s.breaksBetween(int(s.keys[k].end), start) > 0 || s.numberBetween(int(s.keys[k].end), start) && first == i {
				return
			}
			if word := strings.ToLower(s.text[s.keys[k].start:s.keys[k].end]); (word == "license" || word == "licence") &&
				strings.Trim(s.text[s.keys[k].end:start], " :#(=\"") != "" {
				return
			}
			s.add(start, end, 0.8)
			return
		}
		if cue&(labels|cuePhone|cuePlate) != 0 {
			return
		}
	}
}

// keyOver reports whether a context word of the cue covers byte i.
func (s *scan) keyOver(i int, want cue) bool {
	k := s.keysBefore(i)
	return k < len(s.keys) && int(s.keys[k].start) <= i && s.keys[k].cue&want != 0
}

// loudGroup reports whether token i is capitals only.
func (s *scan) loudGroup(i int) bool { return s.tokens[i].flags&^hasNonHex == hasUpper }

func (s *scan) plateGroupLong(i int) bool {
	t := s.tokens[i]
	return t.flags&(hasLower|hasWide|isScript) == 0 && t.len() <= 9
}
