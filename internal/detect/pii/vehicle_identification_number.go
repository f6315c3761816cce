package pii

var vinWords = []phrases{{cueVIN, "vin|vins|vin number|vin no|vin#|vin code|vehicle identification|vehicle identification number|vehicle id|" +
	"chassis|chassis number|chassis no|frame number|fahrgestellnummer|fin|차대번호|차대 번호|차량식별번호|차량 식별번호|車台番号|车架号"}}

const vinLength = 17

// findVINs finds vehicle numbers (ISO 3779): 17 letters and digits without I, O and Q. A right check digit stands for itself when
// the number ends in four digits, as they do. Elsewhere than in North America, whose numbers begin with 1 to 5, the check digit
// means nothing: there the words for it are enough.
func findVINs(s *scan) {
	for _, index := range s.numbers {
		t := s.tokens[index]
		if t.len() != vinLength || t.flags&hasWide != 0 || t.number() {
			continue
		}
		start, end := int(t.start), int(t.end)
		vin := s.text[start:end]
		checked, formed := vinCheck(vin)
		if !formed {
			continue
		}
		american := vin[0] >= '1' && vin[0] <= '5'
		switch {
		case checked && (t.flags&hasLower == 0 && digits(vin[vinLength-4:]) || s.labelled(start, end, cueVIN)):
			s.add(start, end, 1)
		case !american && s.labelled(start, end, cueVIN):
			s.add(start, end, 0.8)
		}
	}
}

// vinCheck reports whether the text has the form of a number, and whether its ninth character is the check digit of the others.
func vinCheck(vin string) (checked, formed bool) {
	const values = "12345678" + "\x0012345\x007\x009" + "23456789" // of A-H, I-R, S-Z; 0 for I, O and Q
	weights := [vinLength]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}
	sum := 0
	for i := range vinLength {
		c := upper(vin[i])
		if digit(c) {
			sum += int(c-'0') * weights[i]
			continue
		}
		value := values[c-'A']
		if value == 0 {
			return false, false
		}
		sum += int(value-'0') * weights[i]
	}
	check := upper(vin[8])
	return check == "0123456789X"[sum%11], true
}
