package pii

var accessKeyWords = []phrases{{cueAWSKey, "aws access key|aws access key id|access key|access key id|aws key|액세스 키|AWS 키"}}

// findAccessKeys finds access key ids: 20 capitals and digits after the prefix of a key, long-term or temporary. The prefixes of
// users, roles and the like name no key, so that they count only where the text says "access key".
// Source of the prefixes: IAM User Guide, "IAM identifiers".
func findAccessKeys(s *scan) {
	for i, t := range s.tokens {
		if t.len() != 20 || t.flags&^(hasUpper|hasDigit|hasNonHex) != 0 || s.text[t.start] != 'A' {
			continue
		}
		switch s.text[t.start : t.start+4] {
		case "AKIA", "ASIA", "ABIA", "ACCA":
			s.add(int(t.start), int(t.end), 1)
		case "AGPA", "AIDA", "AIPA", "ANPA", "ANVA", "APKA", "AROA", "ASCA":
			if s.labelled(int(s.tokens[i].start), int(s.tokens[i].end), cueAWSKey) {
				s.add(int(t.start), int(t.end), 0.8)
			}
		}
	}
}
