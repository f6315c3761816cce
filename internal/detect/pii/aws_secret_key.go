package pii

var secretKeyWords = []phrases{{cueAWSSecret, "aws secret|aws secret key|aws secret access key|secret access key|secret key|" +
	"aws key secret|secretkey|시크릿 키|시크릿 액세스 키|비밀 액세스 키"}}

const (
	secretLength = 40
	// secretReach is how far, in bytes, a secret may stand from its access key.
	secretReach = 160
)

// findSecretKeys finds secret access keys: 40 characters of the base64 alphabet with capitals, small letters and digits, after
// the words for them or close to an access key.
func findSecretKeys(s *scan) {
	ran := s.ran[AWSAccessKey.rank()]
	if ran[0] == ran[1] && !s.says(cueAWSSecret) {
		return
	}
	for i := 0; i < len(s.tokens); i++ {
		first := i
		for i+1 < len(s.tokens) && s.base64Gap(int(s.tokens[i].end), int(s.tokens[i+1].start)) {
			i++
		}
		start, end := int(s.tokens[first].start), int(s.tokens[i].end)
		for start > 0 && base64Mark(s.text[start-1]) && end-start < secretLength {
			start--
		}
		for base64Mark(s.at(end)) && end-start < secretLength {
			end++
		}
		if end-start != secretLength || !s.mixedCase(start, end) {
			continue
		}
		if verdict, _ := s.labelBefore(start, cueAWSSecret); verdict || s.nearAccessKey(start, end) {
			s.add(start, end, 0.95)
		}
	}
}

// says reports whether the text has a word of want.
func (s *scan) says(want cue) bool {
	for _, k := range s.keys {
		if k.cue&want != 0 {
			return true
		}
	}
	return false
}

func base64Mark(c byte) bool { return c == '/' || c == '+' }

// base64Gap reports whether only base64 marks, few of them, stand between two tokens.
func (s *scan) base64Gap(from, to int) bool {
	if from == to || to-from > 4 {
		return false
	}
	for i := from; i < to; i++ {
		if !base64Mark(s.text[i]) {
			return false
		}
	}
	return true
}

// mixedCase reports whether bytes [start, end) hold capitals, small letters and digits: random ones all but surely do, and
// hashes in hexadecimal do not.
func (s *scan) mixedCase(start, end int) bool {
	var f flags
	for i := start; i < end; i++ {
		f |= flags(classes[s.text[i]])
	}
	return f&(hasUpper|hasLower|hasDigit) == hasUpper|hasLower|hasDigit
}

func (s *scan) nearAccessKey(start, end int) bool {
	if key, ok := s.lastFound(AWSAccessKey, start); ok && start-key <= secretReach {
		return true
	}
	const keyLength = 20
	key, ok := s.lastFound(AWSAccessKey, end+secretReach)
	return ok && key-keyLength >= end
}
