package pii

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	words := newVocabulary([]phrases{
		{cueSSN, "ssn|social security|social security number"},
		{cueAccount, "account number|계좌 번호|계좌"},
		{cueCard, "card|driver's card"},
	})
	tests := []struct{ in, want string }{
		{"my SSN", "my [SSN]"},
		{"ssnx and xssn", "ssnx and xssn"},
		{"Social Security Number", "[Social Security Number]"},
		{"social security card", "[social security] [card]"},
		{"social_security_number=1", "[social_security_number]=1"},
		{"social\nsecurity", "[social\nsecurity]"},
		{"social, security", "social, security"},
		{"accountNumber", "[accountNumber]"},
		{"account    number", "account    number"},
		{"driver’s card", "[driver’s card]"},
		{"계좌번호는", "[계좌번호]는"},
		{"제 계좌 번호는", "제 [계좌 번호]는"},
		{"은행계좌로", "은행[계좌]로"},
		{"계 좌", "[계 좌]"},
		{"", ""},
	}
	for _, test := range tests {
		var s scan
		s.read(test.in, words)
		var got strings.Builder
		at := 0
		for _, k := range s.keys {
			got.WriteString(test.in[at:k.start] + "[" + test.in[k.start:k.end] + "]")
			at = int(k.end)
		}
		got.WriteString(test.in[at:])
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.in, diff)
		}
	}
}

// TestLabelled holds which label a number gets.
func TestLabelled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string // the number in question is between '<' and '>'
		want cue
		got  bool
	}{
		{"SSN <1>", cueSSN, true},
		{"the SSN of the man whom we met there was <1>", cueSSN, true},
		{"SSN. The man came along. He had <1>", cueSSN, false},
		{"your SSN? <1>", cueSSN, true},
		{"SSN:\n<1>", cueSSN, true},
		{"SSN:\n\n\n<1>", cueSSN, false},
		{"Acct. No. <1>", cueAccount, true},
		{"SSN or account number <1>", cueSSN, false},
		{"SSN or account number <1>", cueAccount, true},
		{"SSN 5, order 6, <1>", cueSSN, true},
		{"SSN 5, order <1>", cueSSN, false},
		{"<1> is my SSN", cueSSN, true},
		{"<1>, SSN 5", cueSSN, false},
		{"order <1> is no SSN", cueSSN, false},
		{"<1>. SSN", cueSSN, false},
		{"SSN" + strings.Repeat(" word", 14) + " <1>", cueSSN, false},
		{"제 여권번호는 <1>", cuePassport, true},
		{"name,ssn,order\nBob,<1>,2", cueSSN, true},
		{"name,ssn,order\nBob,1,<2>", cueSSN, false},
		{"name,ssn\nBob,1\nEve,<2>\n", cueSSN, true},
		{"name,ssn\nBob,1\n\n\nEve,<2>\n", cueSSN, false},
		{"| name | SSN |\n|---|---|\n| Bob | <1> |", cueSSN, true},
		{"이름\t여권번호\n길동\t<1>", cuePassport, true},
		{"SSN, if any\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n<1>", cueSSN, false},
	}
	for _, test := range tests {
		start, end := strings.Index(test.in, "<"), strings.Index(test.in, ">")
		var s scan
		s.read(strings.NewReplacer("<", "", ">", "").Replace(test.in), sharedVocabulary())
		if got := s.labelled(start, end-1, test.want); got != test.got {
			t.Errorf("%s: %v for cue %b", test.in, got, test.want)
		}
	}
}

func TestBreaks(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"One. Two", "One.| Two"},
		{"No. 5", "No. 5"},
		{"acct. 5", "acct. 5"},
		{"3.5", "3.5"},
		{"a\nb", "a\n|b"},
		{"Really? Yes! No", "Really?| Yes!| No"},
		{"그렇다. 아니다。네", "그렇다.| 아니다。|네"},
	}
	for _, test := range tests {
		var s scan
		s.read(test.in, sharedVocabulary())
		got, at := "", 0
		for _, b := range s.breaks {
			got += test.in[at:b] + "|"
			at = int(b)
		}
		if got += test.in[at:]; got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
