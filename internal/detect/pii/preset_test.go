package pii

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

func TestPresetPatterns(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		if got, ok, err := ParsePattern(p.Pattern()); got != p || !ok || err != nil {
			t.Errorf("ParsePattern(%q) = %q, %v, %v", p.Pattern(), got, ok, err)
		}
		if _, err := regexp.Compile(p.Pattern()); err == nil {
			t.Errorf("%q is a regex as well", p.Pattern())
		}
	}
	for _, pattern := range []string{"(?#merlon:KR_NONE)", "(?#merlon:KR_RRN", "(?#merlon:)"} {
		if _, ok, err := ParsePattern(pattern); !ok || err == nil {
			t.Errorf("ParsePattern(%q) = %v, %v, want a fault", pattern, ok, err)
		}
	}
	if _, ok, err := ParsePattern(`\d{6}-\d{7}`); ok || err != nil {
		t.Errorf("an ordinary regex was read as a preset: %v, %v", ok, err)
	}
	if _, err := NewPreset("x", "KR_NONE"); err == nil {
		t.Error("NewPreset took an unknown preset")
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		preset Preset
		text   string // with [[ ]] around what is found
	}{
		{KRResidentNumber, "주민등록번호 [[900101-1234568]] 입니다."},
		{KRResidentNumber, "최만석([[470911-1189002]])과 최가은([[791220-2330145]])"},
		{KRResidentNumber, "2021년생 [[210315-3123456]] 확인"},
		{KRResidentNumber, "rrn [[9001011234568]]"},
		{KRResidentNumber, "없는 날짜 901341-1234567, 901301-5234567"},
		{KRResidentNumber, "주문 123456-1234567 과 2024-01-15"},
		{KRAlienNumber, "외국인등록번호: [[930705-6447110]]"},
		{KRAlienNumber, "주민번호 900101-1234568"},
		{KRPassport, "여권번호 [[M48217730]] 맞는지"},
		{KRPassport, "여권([[M731A4402]]) 기준"},
		{KRPassport, "모델 M48217730 재고"},
		{KRPassport, "passport no [[S12345678]]"},
		{KRBusinessNumber, "사업자등록번호 [[602-81-44719]], 소재지"},
		{KRBusinessNumber, "[[120-81-47521]] 로 발행"},
		{KRBusinessNumber, "전화 123-45-67890 은 아님"},
		{KRCorporateNumber, "법인등록번호 [[110111-0006249]]"},
		{KRCorporateNumber, "주민번호 900101-1234568"},
		{KRBankAccount, "국민 [[123402-04-556677]] 로 입금"},
		{KRBankAccount, "카카오뱅크 [[3333-01-9920417]] 차은결"},
		{KRBankAccount, "환급 계좌([[084-447720-02-011]] 우체국)"},
		{KRBankAccount, "연락처 010-1234-5678, 주문 2024-01-15"},
		{KRBankAccount, "계좌번호 [[110-499-020417]]"},
		{KRDriverLicence, "면허 [[21-09-447103-11]]."},
		{KRDriverLicence, "99-09-447103-11"},
	} {
		d, err := NewPreset("entry", test.preset)
		if err != nil {
			t.Fatal(err)
		}
		original := strings.NewReplacer("[[", "", "]]", "").Replace(test.text)
		findings, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New(original)}})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		at := 0
		for _, f := range findings {
			if f.Type != "entry" || f.Confidence != detect.High {
				t.Errorf("%s: finding %+v", test.preset, f)
			}
			b.WriteString(original[at:f.Span.Start] + "[[" + original[f.Span.Start:f.Span.End] + "]]")
			at = f.Span.End
		}
		if got := b.String() + original[at:]; got != test.text {
			t.Errorf("%s:\n got %s\nwant %s", test.preset, got, test.text)
		}
	}
}
