package pii

import "strings"

var swiftWords = []phrases{{cueSwift, "swift|bic|swift code|bic code|swift bic|bic swift|swift number|swift address|" +
	"bank identifier code|bank identification code|business identifier code|스위프트|스위프트 코드|swift 코드|bic 코드|SWIFTコード"}}

// countries are the ISO 3166-1 alpha-2 codes, and XK, which banks of Kosovo use.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB " +
	"GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH " +
	"KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX " +
	"MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE " +
	"SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC " +
	"VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

// swiftReach is how far, in bytes, a code may stand from the word for it.
const swiftReach = 40

// findSwiftCodes finds business identifier codes (ISO 9362) near the words for them: eight capital letters alone are too often a
// word in capitals.
func findSwiftCodes(s *scan) {
	for _, k := range s.keys {
		if k.cue&cueSwift == 0 {
			continue
		}
		from := max(0, int(k.start)-swiftReach)
		if ran := s.found; len(ran) > 0 && ran[len(ran)-1].rank == s.rank {
			from = max(from, ran[len(ran)-1].end)
		}
		for i := s.tokenAt(from); i < len(s.tokens) && int(s.tokens[i].start)-int(k.end) <= swiftReach; i++ {
			if t := s.tokens[i]; s.swiftCode(i) && s.breaksBetween(int(min(t.end, k.end)), int(max(t.start, k.start))) <= 1 &&
				(t.flags&hasDigit != 0 || s.formal(k, t)) {
				s.add(int(t.start), int(t.end), 0.95)
			}
		}
	}
}

// formal reports whether the word k introduces the code t as a code: not "Taylor Swift CONCERTS".
func (s *scan) formal(k key, t token) bool {
	if t.start < k.start {
		return true
	}
	word, gap := s.text[k.start:k.end], s.text[k.end:t.start]
	return word == strings.ToUpper(word) || strings.IndexByte(word, ' ') >= 0 || strings.Trim(gap, " ") != ""
}

// swiftCode reports whether token i has the form of a code and is no word that chances to have it.
func (s *scan) swiftCode(i int) bool {
	t := s.tokens[i]
	if t.len() != 8 && t.len() != 11 || t.flags&^(hasUpper|hasDigit|hasNonHex) != 0 {
		return false
	}
	word := s.value(i)
	for _, c := range []byte(word[:6]) {
		if digit(c) {
			return false
		}
	}
	if !strings.Contains(countries, " "+word[4:6]+" ") {
		return false
	}
	switch word {
	case "BUSINESS", "CUSTOMER", "DOCUMENT", "TRANSACTION", "CURRENCY", "COMPANIES", "MESSAGES", "OPERATIONS", "DOMESTIC":
		return false
	}
	return true
}
