package pii

import "strings"

// phone is a telephone, fax or pager number with its prefix and extension. National plans are known by their forms: North America,
// the United Kingdom, Korea, Japan, France, Germany, Australia, India; a number with '+' or an international prefix needs no
// plan; any other needs a word that says phone.
var phone = entity{
	typ: Phone,
	words: []phrases{{cuePhone, "phone|phone number|telephone|tel|tel no|telephone number|mobile|mobile number|mobile phone|cell|cellphone|cell phone|" +
		"call|call me|call us|ring|ring me|text me|text|sms|whatsapp|contact|contact number|hotline|helpline|landline|fax|fax number|pager|dial|reach|reached at|reach me|" +
		"voicemail|direct line|switchboard|toll free|ph|mob|number is|my number|whatsapp number|signal|" +
		"전화|전화번호|연락처|휴대폰|핸드폰|휴대전화|휴대폰 번호|폰번호|폰|팩스|콜센터|고객센터|대표번호|문의전화|연락|집전화|직통|電話|携帯|手机|电话|teléfono|telefon|téléphone|handy"}},
	find: findPhones,
}

// most and least digits of a number, without an extension: E.164 allows 15.
const (
	leastPhoneDigits = 7
	mostPhoneDigits  = 15
	maxPhoneGroups   = 7
)

// phoneNumber is a candidate: groups of digits and what stands between them.
type phoneNumber struct {
	start, end int // with '+' and brackets
	groups     [maxPhoneGroups]int8
	digits     [mostPhoneDigits + 6]byte
	n, total   int
	plus       bool
	bracket    bool // a group in brackets
	dots       bool // divided by dots
	divided    bool // divided by anything
	slash      bool
	last       int // token
}

func findPhones(s *scan) {
	var p phoneNumber
	done := -1
	for _, n := range s.numbers {
		i := int(n)
		if i <= done || !s.tokens[i].number() {
			continue
		}
		if !p.read(s, i) {
			continue
		}
		if score := p.judge(s); score > 0 {
			s.add(p.start, p.extension(s), score)
			done = p.last
		}
	}
}

// read gathers the groups that begin at token i.
func (p *phoneNumber) read(s *scan, i int) bool {
	*p = phoneNumber{start: int(s.tokens[i].start), last: i}
	switch s.at(p.start - 1) {
	case '+':
		p.plus, p.start = true, p.start-1
	case '(':
		p.bracket, p.start = true, p.start-1
		if s.at(p.start-1) == '+' {
			p.plus, p.start = true, p.start-1
		}
	case '.', '-', '/', '_', '#', '$', '=':
		if s.at(p.start-1) != '=' && s.at(p.start-1) != '-' || s.at(p.start-1) == '-' && classes[s.at(p.start-2)]&alnum != 0 {
			return false
		}
	}
	if p.start > 0 && (classes[s.at(p.start-1)]&alnum != 0 || s.at(p.start-1) == '@') {
		return false
	}
	for ; ; i++ {
		t := s.tokens[i]
		if !t.number() || p.total+t.len() > len(p.digits) || p.n == maxPhoneGroups {
			break
		}
		p.groups[p.n] = int8(t.len())
		p.n++
		p.total += copy(p.digits[p.total:], s.text[t.start:t.end])
		p.last, p.end = i, int(t.end)
		if i+1 == len(s.tokens) || !s.tokens[i+1].number() {
			break
		}
		switch gap := s.gap(i); gap {
		case " ", "-", "–", " - ", "‑":
		case ".":
			p.dots = true
		case ") ", ")", ")-", " (", "(", ") - ", "-(", ".(", " (0) ", "(0)":
			p.bracket = true
		case "/", " / ":
			p.slash = true
		default:
			return p.total >= leastPhoneDigits
		}
		p.divided = true
	}
	return p.total >= leastPhoneDigits && p.total <= mostPhoneDigits+5
}

// judge gives the score of the candidate, 0 for none.
func (p *phoneNumber) judge(s *scan) float64 {
	next := s.at(p.end)
	if classes[next]&alnum != 0 || next == '%' || next == '_' || next == '@' || next == '.' && digit(s.at(p.end+1)) || next == '-' && classes[s.at(p.end+1)]&alnum != 0 {
		return 0
	}
	said := s.phoneSaid(p)
	if p.plus {
		if p.digits[0] != '0' && p.total >= 8 && p.total <= mostPhoneDigits {
			return 0.95
		}
		return 0
	}
	if p.total > mostPhoneDigits+3 || p.shape(6, 7) || p.shape(3, 2, 5) || p.shape(6, 2, 6) || p.shape(3, 2, 4) {
		return 0 // Korean resident, business and bank numbers, a social security number
	}
	if p.planned() {
		if verdict, decided := s.labelBefore(p.start, cuePhone); decided && !verdict && !said {
			return 0
		}
		return 0.9
	}
	if said && p.total <= mostPhoneDigits && !p.dateLike() && p.n <= 6 {
		if verdict, decided := s.labelBefore(p.start, cuePhone); decided && !verdict {
			return 0
		}
		return 0.7
	}
	return 0
}

// phoneSaid reports whether the text right around says that the number is one to call.
func (s *scan) phoneSaid(p *phoneNumber) bool {
	for k := s.keysBefore(p.start) - 1; k >= 0 && p.start-int(s.keys[k].end) <= 28; k-- {
		if s.keys[k].cue&cuePhone != 0 {
			return s.breaksBetween(int(s.keys[k].end), p.start) == 0 && !s.numberBetween(int(s.keys[k].end), p.start)
		}
		if s.keys[k].cue&(labels|cueDriver|cuePlate) != 0 {
			return false
		}
	}
	return s.labelAfter(p.end, cuePhone) && s.near(p.start, p.end, 0, 8, cuePhone)
}

// shape reports whether the groups have these lengths.
func (p *phoneNumber) shape(lengths ...int8) bool {
	if p.n != len(lengths) {
		return false
	}
	for i, n := range lengths {
		if p.groups[i] != n {
			return false
		}
	}
	return true
}

func (p *phoneNumber) starts(prefix string) bool {
	return strings.HasPrefix(string(p.digits[:p.total]), prefix)
}

// planned reports whether the number has the form of a national plan or an international prefix.
func (p *phoneNumber) planned() bool {
	if p.slash && !p.starts("0") {
		return false
	}
	for _, prefix := range [...]string{"00700", "00727", "001", "002", "005", "006", "008", "011", "00"} {
		if p.starts(prefix) && p.divided && p.total >= len(prefix)+9 && int(p.groups[0]) <= 5 && p.groups[0] >= 2 && p.total <= 18 {
			return true
		}
	}
	d := p.digits[:p.total]
	switch {
	case d[0] != '0' && p.divided:
		return p.northAmerican(0) || p.n > 1 && p.groups[0] == 1 && d[0] == '1' && p.northAmerican(1) || p.koreanService() || p.australianService()
	case d[0] != '0':
		return false
	case p.starts("01") && strings.IndexByte("016789", d[2]) >= 0 && (p.shape(3, 4, 4) || p.shape(3, 3, 4) || p.shape(11) && d[2] == '0' || p.shape(3, 8)):
		return true // Korean mobile
	case p.shape(2, 3, 4) && p.starts("02"), p.shape(2, 4, 4) && (p.starts("02") || p.starts("03") || p.starts("06")),
		p.shape(3, 3, 4), p.shape(3, 4, 4), p.shape(4, 4, 4) && p.starts("050"):
		return true // Korea, Japan, the Netherlands
	case p.shape(5, 6), p.shape(5, 3, 3), p.shape(4, 3, 4), p.shape(4, 6), p.shape(4, 3, 3), p.shape(5, 5), p.shape(4, 7):
		return d[1] != '0' && (p.total > 9) // United Kingdom, Australia, New Zealand
	case p.shape(2, 2, 2, 2, 2) && d[1] != '0':
		return true // France
	case p.shape(4, 2, 4), p.shape(3, 2, 4), p.shape(5, 1, 4), p.shape(4, 2, 2, 2), p.shape(3, 3, 2, 2):
		return true // Japan, Türkiye
	case p.n == 2 && p.slash && p.groups[0] >= 3 && p.groups[0] <= 5 && p.groups[1] >= 4:
		return true // Germany
	case p.shape(2, 4, 4) && p.bracket:
		return true
	}
	return false
}

// northAmerican reports whether the groups from k on are 3-3-4 with an area and an exchange that exist.
func (p *phoneNumber) northAmerican(k int) bool {
	at := 0
	for i := range k {
		at += int(p.groups[i])
	}
	return p.n == k+3 && p.groups[k] == 3 && p.groups[k+1] == 3 && p.groups[k+2] == 4 && p.digits[at] >= '2' && p.digits[at+3] >= '2'
}

// koreanService reports whether the number is one of 1588-1234 and its like.
func (p *phoneNumber) koreanService() bool {
	d := p.digits[:2]
	return p.shape(4, 4) && d[0] == '1' && (d[1] == '5' || d[1] == '6' || d[1] == '8') && !p.dots && !p.slash &&
		(p.digits[2] >= '4' || p.digits[1] == '8' || p.digits[1] == '6') && !p.yearLike()
}

// yearLike reports whether both groups may be years: 1588-1603.
func (p *phoneNumber) yearLike() bool {
	first, second := string(p.digits[:4]), string(p.digits[4:8])
	return first < second && second < "2100" && second[0] == first[0]
}

func (p *phoneNumber) australianService() bool {
	return (p.starts("1300") || p.starts("1800")) && (p.shape(4, 3, 3) || p.shape(1, 3, 3, 4))
}

// dateLike reports whether the groups look like a date or a time.
func (p *phoneNumber) dateLike() bool {
	return p.n == 3 && (p.groups[0] == 4 && p.groups[1] <= 2 && p.groups[2] <= 2 || p.groups[2] == 4 && p.groups[0] <= 2 && p.groups[1] <= 2)
}

// extension gives the end of the number with its extension: ext. 12, x3318, 내선 3.
func (p *phoneNumber) extension(s *scan) int {
	i := p.last + 1
	if i >= len(s.tokens) {
		return p.end
	}
	gap := s.gap(p.last)
	if gap != " " && gap != ", " && gap != "" && gap != " (" && gap != "(" {
		return p.end
	}
	switch word := s.value(i); {
	case strings.EqualFold(word, "ext"), strings.EqualFold(word, "extension"), strings.EqualFold(word, "x"), word == "내선", word == "교환", word == "内線":
		if i+1 < len(s.tokens) && s.tokens[i+1].number() && s.tokens[i+1].len() <= 6 && len(s.gap(i)) <= 3 && !strings.Contains(s.gap(i), "\n") {
			return int(s.tokens[i+1].end)
		}
	case len(word) > 1 && len(word) < 7 && (word[0] == 'x' || word[0] == 'X') && allDigits(word[1:]):
		return int(s.tokens[i].end)
	}
	return p.end
}
