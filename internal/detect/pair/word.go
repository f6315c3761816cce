package pair

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a run of letters, or a number: a run of digits with points and commas between them.
type Word struct {
	start, end int    // bytes of the text
	key        string // in lower case; a number in one spelling
	number     bool
	capital    bool // more than a letter, the first of them a capital: most likely a name where no sentence begins
}

// The kinds of runes that words are made of.
const (
	between = iota
	digit
	letter
)

func kindOf(r rune) int {
	switch {
	case '0' <= r && r <= '9':
		return digit
	case r < utf8.RuneSelf:
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return letter
		}
		return between
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return letter
	default:
		return between
	}
}

// Words gives the words of s in order. The training recipe has the same rule (train/grounding/words.py).
func Words(s string) []Word {
	var out []Word
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		kind := kindOf(r)
		j := i + size
		if kind == between {
			i = j
			continue
		}
		for j < len(s) {
			r, size = utf8.DecodeRuneInString(s[j:])
			if kindOf(r) != kind && !(kind == digit && (r == '.' || r == ',') && j+1 < len(s) && kindOf(rune(s[j+1])) == digit) {
				break
			}
			j += size
		}
		w := Word{start: i, end: j, number: kind == digit}
		if w.number {
			w.key = canonical(s[i:j])
		} else {
			w.key = strings.ToLower(s[i:j])
			first, size := utf8.DecodeRuneInString(s[i:])
			w.capital = unicode.IsUpper(first) && j > i+size
		}
		out = append(out, w)
		i = j
	}
	return out
}

// canonical gives one spelling to a number: no commas (but one before one, two or more than three last digits is a point), no
// needless zeros.
func canonical(digits string) string {
	if at := strings.LastIndexByte(digits, ','); at >= 0 {
		if tail := digits[at+1:]; !strings.Contains(tail, ".") && len(tail) != 3 {
			digits = digits[:at] + "." + tail
		}
		digits = strings.ReplaceAll(digits, ",", "")
	}
	whole, part, _ := strings.Cut(digits, ".")
	if strings.Contains(part, ".") {
		return digits
	}
	part = strings.TrimRight(part, "0")
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if part != "" {
		return whole + "." + part
	}
	return whole
}

// numeral is the number that a word names, in the spelling of canonical, or nothing.
func numeral(key string) string {
	switch key {
	case "zero":
		return "0"
	case "one", "first", "once", "하나", "하루":
		return "1"
	case "two", "second", "twice", "둘", "이틀":
		return "2"
	case "three", "third", "셋", "사흘":
		return "3"
	case "four", "fourth", "넷", "나흘":
		return "4"
	case "five", "fifth", "다섯":
		return "5"
	case "six", "sixth", "여섯":
		return "6"
	case "seven", "seventh", "일곱":
		return "7"
	case "eight", "eighth", "여덟":
		return "8"
	case "nine", "ninth", "아홉":
		return "9"
	case "ten", "tenth", "열":
		return "10"
	case "eleven":
		return "11"
	case "twelve":
		return "12"
	case "thirteen":
		return "13"
	case "fourteen":
		return "14"
	case "fifteen":
		return "15"
	case "sixteen":
		return "16"
	case "seventeen":
		return "17"
	case "eighteen":
		return "18"
	case "nineteen":
		return "19"
	case "twenty":
		return "20"
	case "thirty":
		return "30"
	case "forty":
		return "40"
	case "fifty":
		return "50"
	case "sixty":
		return "60"
	case "seventy":
		return "70"
	case "eighty":
		return "80"
	case "ninety":
		return "90"
	case "hundred":
		return "100"
	case "thousand":
		return "1000"
	case "half", "절반":
		return "0.5"
	default:
		return ""
	}
}

// stem is what inflected forms of a word share: five letters of a Latin word, two of another; nothing where the word is too short.
func stem(key string) string {
	most := 2
	if first, _ := utf8.DecodeRuneInString(key); first < 0x250 {
		most = 5
	}
	for i := range key {
		if most == 0 {
			return key[:i]
		}
		most--
	}
	if most == 0 {
		return key
	}
	return ""
}
