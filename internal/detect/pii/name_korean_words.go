package pii

import (
	"strings"
	"sync"
	"unicode/utf8"
)

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
	if syllableOf(word)&beginsTitle == 0 {
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

// longSurnames are the surnames of two syllables.
var longSurnames = map[string]bool{"남궁": true, "제갈": true, "황보": true, "선우": true, "독고": true, "사공": true, "서문": true, "동방": true}

// vagueSurnames are syllables that before a title usually mean something else: 이 과장 "this", 전 대표 "former".
var vagueSurnames = func() map[string]bool {
	set := map[string]bool{}
	for _, r := range "이전현신한그각두본부주구총정조성대소수여남양임우유제도기인명위반" {
		set[string(r)] = true
	}
	return set
}()
