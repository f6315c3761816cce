package pii

var ibanWords = []phrases{{cueIBAN, "iban|iban number|international bank account number|아이반|국제 은행 계좌번호"}}

// ibanLengths gives the length of an IBAN by its country: the ISO 13616 registry.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
	"FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
	"IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
	"NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
	"SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// findIBANs finds IBANs: the country's length and the check digits must be right, the grouping may be any, in blanks or dashes.
func findIBANs(s *scan) {
	for _, index := range s.numbers {
		t := s.tokens[index]
		if t.flags&(hasWide|hasDigit) != hasDigit || t.len() < 4 {
			continue
		}
		head := s.text[t.start : t.start+4]
		if digit(head[0]) || digit(head[1]) || !digit(head[2]) || !digit(head[3]) {
			continue
		}
		length := ibanLengths[string([]byte{upper(head[0]), upper(head[1])})]
		if length == 0 {
			continue
		}
		if end, ok := s.ibanEnd(int(t.start), length); ok {
			s.add(int(t.start), end, 1)
		}
	}
}

// ibanEnd reads length letters and digits from byte start, with single blanks or dashes among them, and checks them.
func (s *scan) ibanEnd(start, length int) (end int, ok bool) {
	var chars [34]byte
	n, i := 0, start
	for ; n < length; i++ {
		c := s.at(i)
		if classes[c]&alnum != 0 {
			chars[n] = upper(c)
			n++
			continue
		}
		if c != ' ' && c != '-' || classes[s.at(i+1)]&alnum == 0 {
			return 0, false
		}
	}
	if classes[s.at(i)]&alnum != 0 || s.at(i) == '-' && digit(s.at(i+1)) {
		return 0, false
	}
	remainder := 0
	for k := range length {
		c := chars[(k+4)%length]
		if digit(c) {
			remainder = (remainder*10 + int(c-'0')) % 97
		} else {
			remainder = (remainder*100 + int(c-'A') + 10) % 97
		}
	}
	return i, remainder == 1
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}
