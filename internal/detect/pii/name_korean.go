package pii

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// maxKoreanName is how many syllables a name in Hangul has at most; foreign names written in Hangul are the long ones.
const maxKoreanName = 6

// hangulWord is a token in Hangul, cut into syllables: at gives the byte offset of each and of the end.
type hangulWord struct {
	text string // the whole token
	base int    // where it begins
	at   [maxHangul + 1]int
	n    int
}

// maxHangul is how many syllables a token has at most that is looked at as a name with what hangs on it.
const maxHangul = 12

func (w *hangulWord) part(from, to int) string { return w.text[w.at[from]:w.at[to]] }

// koreanNames finds names in Hangul: a surname and a given name, a given name that a particle, a title or a label shows to be
// one, a surname before a title.
func (s *scan) koreanNames() {
	var w hangulWord
	for i := range s.tokens {
		if s.tokens[i].flags&isScript == 0 || s.taken[i] || !w.read(s, i) {
			continue
		}
		end := s.judgeKorean(&w, i)
		if end > 0 {
			s.add(w.base, w.base+w.at[end], 0.8)
		}
	}
}

// read cuts token i into syllables; it refuses what is too long or not Hangul.
func (w *hangulWord) read(s *scan, i int) bool {
	t := s.tokens[i]
	if t.len()%3 != 0 || t.len() > 3*maxHangul {
		return false
	}
	w.text, w.base, w.n = s.value(i), int(t.start), 0
	for at, r := range w.text {
		if r < 0xAC00 || r > 0xD7A3 {
			return false
		}
		w.at[w.n] = at
		w.n++
	}
	w.at[w.n] = len(w.text)
	return true
}

// judgeKorean gives how many syllables of the word are a name, or 0.
func (s *scan) judgeKorean(w *hangulWord, i int) int {
	before := s.koreanCue(i, int(s.tokens[i].start)) + s.koreanAge(i)
	title := s.koreanTitle(i)
	most := 4
	if before+title > 0 {
		most = maxKoreanName
	} else if w.n < 2 || surnameOf(w.part(0, 1)) == 0 && loreOfScript(w.part(0, 2)).given() == 0 && !titledInside(w.text) {
		return 0
	}
	if n := s.titledSurname(w, i, title); n > 0 {
		return n
	}
	best, length := 0.0, 0
	for n := min(most, w.n); n >= 2; n-- {
		suffix, ok := suffixOf(w.part(n, w.n), finalConsonant(w.part(n-1, n)))
		if !ok {
			continue
		}
		weight := w.shape(n, suffix)
		if weight < -2 {
			continue
		}
		switch {
		case suffix.kind == suffixTitle:
			weight += 1.8
		case w.n == n && title > 0, suffix.kind == suffixNone && title > 0:
			weight += title
		case suffix.kind == suffixPerson:
			weight += 0.9
		case suffix.kind == suffixParticle:
			weight += 0.4
		case suffix.kind == suffixCopula:
			weight += 0.7
		}
		if weight += before; n == 2 && suffix.kind == suffixPerson && loreOfScript(w.part(0, 2)).given() > 0 {
			weight += 0.8 // 지민아 is 지민, not the surname 지 with 민아
		}
		if weight > best {
			best, length = weight, n
		}
	}
	if best >= enough {
		return length
	}
	return 0
}

// shape weighs the first n syllables of w by themselves.
func (w *hangulWord) shape(n int, suffix suffix) float64 {
	whole := w.part(0, n)
	if koreanRoles()[whole] != 0 || koreanTitles()[whole] != 0 || verbEnding(whole, w.text[len(whole):]) {
		return -3
	}
	l := loreOfScript(whole)
	common := [4]float64{0, 0.9, 1.8, 2.8}[l.common()]
	if w.n > n {
		if c := loreOfScript(w.text).common(); c > 1 && suffix.kind != suffixTitle {
			common = max(common, 1.2)
		}
	}
	if n == 3 && loreOfScript(w.part(0, 2)).common() > 1 {
		if _, ok := suffixOf(w.part(2, 3), finalConsonant(w.part(1, 2))); ok {
			common = max(common, 1.8) // a noun and its particle: 배송이
		}
	}
	best := -3.0
	if surname := surnameOf(w.part(0, 1)); surname > 0 {
		switch n {
		case 2:
			best = surname - 0.9 + 0.2*float64(loreOfScript("²"+w.part(1, 2)).given())
		case 3:
			best = surname + givenShape(w, 1)
		case 4:
			best = surname - 0.8
		}
	}
	if n >= 3 && len(w.text) >= 6 && longSurnames[w.part(0, 2)] {
		if n == 4 {
			best = max(best, 1.2+givenShape(w, 2))
		} else {
			best = max(best, 0.9)
		}
	}
	if n == 2 && l.given() > 0 {
		best = max(best, 1.6)
	}
	if best < -2 {
		best = -0.2 // a foreign name, or a rare one: only what stands around it can tell
		if l.known() || n > 6 {
			best = -0.8
		}
	}
	return best - common
}

// givenShape weighs the two syllables from syllable k as a given name.
func givenShape(w *hangulWord, k int) float64 {
	given := w.part(k, k+2)
	if loreOfScript(given).given() > 0 {
		return 1.5
	}
	a, b := loreOfScript("¹"+w.part(k, k+1)).given(), loreOfScript("²"+w.part(k+1, k+2)).given()
	switch {
	case a >= 2 && b >= 2:
		return 0.9
	case a > 0 && b > 0:
		return 0.4
	case a > 0 || b > 0:
		return -0.1
	}
	return -0.6
}

// titledSurname gives the length of a surname that stands alone before a title, or is written together with it: 최 간호사님, 김대리.
func (s *scan) titledSurname(w *hangulWord, i int, title float64) int {
	n := 1
	if w.n >= 2 && longSurnames[w.part(0, 2)] {
		n = 2
	}
	surname := w.part(0, n)
	if n == 1 && surnameOf(surname) < 0.7 {
		return 0
	}
	if w.n == n {
		if title < 1.7 || n == 1 && vagueSurnames[surname] && !strings.Contains(s.value(i+1), "님") {
			return 0
		}
		return n
	}
	rest := w.part(n, w.n)
	if n == 1 && vagueSurnames[surname] || loreOfScript(w.text).common() > 1 {
		return 0
	}
	if end, ok := titleEnd(rest, true); ok && (end >= 6 || rest[:3] == "쌤") {
		if _, ok := suffixOf(rest[end:], finalConsonant(rest[end-3:end])); ok || rest[end:] == "" {
			return n
		}
	}
	return 0
}

// titledInside reports whether the token holds 님 or 씨, which even an unknown name may carry.
func titledInside(word string) bool {
	return strings.Contains(word, "님") || strings.Contains(word, "씨")
}

// koreanTitle weighs the token after token i as a title: 님, 씨, 대리님.
func (s *scan) koreanTitle(i int) float64 {
	if i+1 >= len(s.tokens) || s.gap(i) != " " || s.tokens[i+1].flags&isScript == 0 {
		return 0
	}
	next := s.value(i + 1)
	end, ok := titleEnd(next, false)
	if !ok {
		return 0
	}
	rest := next[end:]
	if rest != "" {
		if _, ok := suffixOf(rest, finalConsonant(next[end-3:end])); !ok {
			return 0
		}
	}
	return 1.8
}

// koreanAge weighs an age in brackets or after a comma that follows token i: 변상구(45).
func (s *scan) koreanAge(i int) float64 {
	if i+1 >= len(s.tokens) || !s.tokens[i+1].number() || s.tokens[i+1].len() > 2 {
		return 0
	}
	switch s.gap(i) {
	case "(", " (", ", ":
		return 0.8
	}
	return 0
}

// koreanCue weighs what stands before byte start, where token i begins: a role, a label, a greeting.
func (s *scan) koreanCue(i, start int) float64 {
	if i == 0 {
		return 0
	}
	if s.cellAt(start, cueName) {
		return 2
	}
	gap := s.gap(i - 1)
	if s.tokens[i-1].flags&isScript == 0 {
		if s.fieldLabel(i-1, gap) {
			return 2.5
		}
		if strings.HasSuffix(gap, "@") {
			return 0.8
		}
		return 0
	}
	return s.koreanBefore(i-1, start)
}

// koreanBefore weighs the Korean word prev before byte start.
func (s *scan) koreanBefore(prev, start int) float64 {
	word, gap := s.value(prev), s.text[s.tokens[prev].end:start]
	trimmed := strings.Trim(gap, " \t\"'*")
	colon := strings.HasPrefix(trimmed, ":") || strings.HasPrefix(trimmed, "=") || strings.HasPrefix(trimmed, ")")
	switch role := koreanRoles()[word]; {
	case role == roleLabel && colon && len(gap) < 10:
		return 2.5
	case role == roleLabel && (gap == " " || gap == "\n"):
		return 1.4
	case role == roleLabel:
		return 0
	case role == roleIntro && len(gap) < 4:
		return 1.2
	case role == rolePerson && colon && len(gap) < 10:
		return 2.3
	case role == rolePerson && (gap == " " || gap == " '" || gap == "(" || gap == " ("):
		return 1.3
	case role == 0 && gap == " " && len(word) > 6:
		// "제 이름은", "담당자는", "아빠인"
		for _, cut := range [...]string{"은", "는", "인", "이", "가"} {
			if stem, ok := strings.CutSuffix(word, cut); ok && namingWords[stem] {
				return 2
			}
		}
	}
	return 0
}

// namingWords are the labels that take a particle before the name: 제 이름은.
var namingWords = map[string]bool{"이름": true, "성함": true, "성명": true, "본명": true, "실명": true, "예금주": true, "담당자": true, "수령인": true}

// verbEnding reports whether the rest makes the word a verb: 내원하+였다.
func verbEnding(stem, rest string) bool {
	return rest != "" && (strings.HasSuffix(stem, "하") || strings.HasSuffix(stem, "되")) && !strings.HasPrefix(rest, "에게") && !strings.HasPrefix(rest, "한테") &&
		!strings.HasPrefix(rest, "님") && !strings.HasPrefix(rest, "씨") && rest != "가" && rest != "를" && rest != "의"
}

type suffixKind uint8

const (
	suffixNone suffixKind = iota
	suffixParticle
	suffixPerson // only persons take it: 에게, 한테, 께서, or a pet form
	suffixCopula
	suffixTitle
)

// suffix is what may hang on a name.
type suffix struct {
	kind  suffixKind
	after uint8 // 0 any, 1 only after a final consonant, 2 only after a vowel
}

// suffixOf reads the rest of a word after a name whose last syllable ends in a consonant or not.
func suffixOf(rest string, consonant bool) (suffix, bool) {
	if rest == "" {
		return suffix{}, true
	}
	if s, ok := koreanSuffixes()[rest]; ok {
		return s, s.after == 0 || (s.after == 1) == consonant
	}
	if end, ok := titleEnd(rest, true); ok {
		if rest[end:] == "" {
			return suffix{kind: suffixTitle}, true
		}
		if s, ok := koreanSuffixes()[rest[end:]]; ok && (s.after == 0 || (s.after == 1) == finalConsonant(rest[end-3:end])) {
			return suffix{kind: suffixTitle}, true
		}
	}
	return suffix{}, false
}

// finalConsonant reports whether the syllable ends in a consonant.
func finalConsonant(syllable string) bool {
	r, _ := utf8.DecodeRuneInString(syllable)
	return r >= 0xAC00 && r <= 0xD7A3 && (r-0xAC00)%28 != 0
}

var koreanSuffixes = sync.OnceValue(func() map[string]suffix {
	set := map[string]suffix{}
	put := func(kind suffixKind, after uint8, words string) {
		for word := range strings.FieldsSeq(words) {
			set[word] = suffix{kind, after}
		}
	}
	put(suffixParticle, 1, "은 이 을 과 으로 이나 이라는 이란 이며")
	put(suffixParticle, 2, "는 가 를 와 로 라는 란")
	put(suffixParticle, 0, "의 도 만 까지 부터 처럼 보다 마저 조차 하고 및")
	put(suffixPerson, 0, "에게 에게서 에게는 에게도 한테 한테서 한테는 한테도 께 께서 께서는 네 네가 네는 더러 측 측은")
	put(suffixPerson, 1, "이랑 이가 이는 이를 이의 이도 이만 이한테 이랑은 이네 이에게 이와 이야 이라고 이라며 이보다 이하고 아")
	put(suffixPerson, 2, "랑 야 라고 라며")
	put(suffixCopula, 0, "입니다 입니다만 인데 인데요 이라고 이라며")
	put(suffixCopula, 1, "이요 이에요 이었다 이었고 이었는데 이었어 이었어요 이다 이거든요 이신가요 이라고요")
	put(suffixCopula, 2, "요 예요 에요 였다 였고 였는데 였어 였어요 거든요")
	return set
})

type koreanRole uint8

const (
	roleLabel  koreanRole = iota + 1 // 이름, 성명: a name is bound to follow
	rolePerson                       // 환자, 신랑, 대표: a person, often with the name
	roleIntro                        // 저는, 안녕하세요
)

var koreanRoles = sync.OnceValue(func() map[string]koreanRole {
	roles := map[string]koreanRole{}
	for role, words := range map[koreanRole]string{
		roleLabel: "이름 성명 성함 예금주 수령인 수취인 받는사람 받는분 보내는분 보내는사람 담당자 담당 작성자 신청인 신청자 예약자 예약자명 고객명 환자명 수신인 발신인 " +
			"수신자 발신자 이름은 성함은 성명은 본명 실명 한글 영문 소유주 계약자 피보험자 보호자 대표자 대표자명 세대주 가입자 신고자 제보자 참석자 작성 결재자 승인자 기안자 " +
			"운전자 탑승자 입금자 입금자명 송금인 주문자 구매자 판매자 회원명 명의 명의자 이름이 성명이 닉네임말고 본인 채무자 채권자 임대인 임차인 매도인 매수인 위임인 수임인 사업주 근로자 " +
			"고용주 입회인 증인 원고 피고 피고인 고소인 피고소인 실종자 부 모 부친 모친 배우자 자녀 동생 형제 대출자 수강생 대상자 지원자 응시자 합격자 당첨자 퇴사자 입사자 신랑 신부 할아버지함자",
		rolePerson: "환자 고객 대표 회장 부회장 총무 원장 사장 이사 부장 과장 차장 대리 사원 주임 팀장 실장 국장 교수 교사 선생 선생님 의사 수의사 간호사 간호팀장 약사 변호사 판사 검사 형사 " +
			"기자 작가 감독 배우 가수 선수 시인 화가 실학자 학자 장군 대통령 총리 장관 의원 시장 군수 이장 통장 목사 신부님 스님 아빠 엄마 아버지 어머니 남편 아내 아들 딸 동생 형 누나 언니 오빠 " +
			"친구 이모 고모 삼촌 조카 손자 손녀 사위 며느리 할머니 할아버지 피해자 피의자 용의자 참고인 목격자 직원 기사 상담원 담임 후배 선배 동료 팀원 막내 아기 아이 인턴 매니저 " +
			"디자이너 개발자 셰프 코치 학생 반장 회원 이웃 집주인 세입자 형부 처제 매형 시누이 인사팀 번역팀 총무팀 영업팀 개발팀 재무팀 기획팀 홍보팀 법무팀 외래의 당직의 주치의 집도의 사회자 진행자 " +
			"주연 방장 조장 단장 위원장 의장 간사 서기 감사 비서 연구원 조교 학부모 학부형 외삼촌 큰아버지 작은아버지 사촌 형님 아우 의뢰인 신입 알바 점장 사장님 부장님 대리님 대표님",
		roleIntro: "저는 나는 저 전 제가 내가 안녕하세요 안녕하십니까 안녕 바로 야 얘 헤이",
	} {
		for word := range strings.FieldsSeq(words) {
			roles[word] = role
		}
	}
	return roles
})

// titleEnd reads a title at the beginning of word and gives the byte after it. close allows only what is written together with
// names.
func titleEnd(word string, close bool) (int, bool) {
	first, _ := utf8.DecodeRuneInString(word)
	if !strings.ContainsRune(titleBeginnings, first) {
		return 0, false
	}
	titles := koreanTitles()
	for n := min(len(word), 18); n >= 3; n -= 3 {
		if !utf8.RuneStart(at(word, n)) {
			continue
		}
		if strength, ok := titles[word[:n]]; ok && (!close || strength > 1) {
			return n, true
		}
	}
	return 0, false
}

// titleBeginnings are the first syllables of koreanTitles.
const titleBeginnings = "열트반시님씨군양쌤샘대과차부사주팀실본센이상전회선교박기원간의변장감작여후형누언오삼고학환책수연매프셰디코목신스검판통총할아어엄배가위국소조단점지담서경순약치강인도선승함공옹화중하병일비앵피P작"

// at gives byte i of word, or a byte that may begin a character at its end.
func at(word string, i int) byte {
	if i < len(word) {
		return word[i]
	}
	return ' '
}

// koreanTitles are the words that follow a name; those of 2 may be written together with it.
var koreanTitles = sync.OnceValue(func() map[string]uint8 {
	set := map[string]uint8{}
	put := func(strength uint8, words string) {
		for word := range strings.FieldsSeq(words) {
			set[word] = strength
			if utf8.RuneCountInString(word) > 1 && !strings.HasSuffix(word, "님") {
				set[word+"님"] = strength
			}
		}
	}
	put(2, "님 씨 군 양 쌤 샘 대리 과장 차장 부장 사원 주임 팀장 실장 본부장 센터장 이사 상무 전무 사장 회장 대표 선생 교수 박사 기사 원장 간호사 의사 변호사 의원 장관 기자 감독 선수 작가 "+
		"여사 선배 후배 형 누나 언니 오빠 이모 삼촌 고객 학생 환자 선임 책임 수석 연구원 매니저 프로 셰프 디자이너 코치 목사 신부 스님 검사 판사 대통령 시장 총리")
	put(1, "할머니 할아버지 아저씨 아주머니 아줌마 어머니 아버지 엄마 아빠 어린이 배우 가수 총무 위원장 위원 의장 국장 소장 이장 통장 반장 조장 단장 점장 지점장 교장 교감 담임 조교 간사 서기 형사 "+
		"경감 경위 경사 경장 순경 소방관 약사 수의사 치료사 강사 트레이너 인턴 어르신 회원 공 옹 선장 기장 승무원 도련님 아가씨 형님 누님 사모 장군 열사 의사 시인 화백 대위 소위 중위 소령 중령 대령 병장 상병 일병 이병 하사 중사 상사 주무관 사무관 서기관 비서관 비서 대변인 후보 앵커 아나운서 피디 PD 작곡가 지휘자")
	return set
})

// surnameOf weighs a syllable as a surname: the share of Koreans who bear it, roughly.
func surnameOf(syllable string) float64 { return koreanSurnames()[syllable] }

var koreanSurnames = sync.OnceValue(func() map[string]float64 {
	weights := map[string]float64{}
	for weight, list := range map[float64]string{
		1.0: "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진엄채원천방공현함변염여추",
		0.8: "지도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예봉",
		0.4: "경사부가복태목형두감호음빈동온계피시팽승범간견단화창",
	} {
		for _, r := range list {
			if _, ok := weights[string(r)]; !ok {
				weights[string(r)] = weight
			}
		}
	}
	return weights
})

var longSurnames = map[string]bool{"남궁": true, "제갈": true, "황보": true, "선우": true, "독고": true, "사공": true, "서문": true, "동방": true}

// vagueSurnames are syllables that before a title usually mean something else: 이 과장 "this", 전 대표 "former".
var vagueSurnames = func() map[string]bool {
	set := map[string]bool{}
	for _, r := range "이전현신한그각두본부주구총정조성대소수여남양임우유제도기인명위반" {
		set[string(r)] = true
	}
	return set
}()
