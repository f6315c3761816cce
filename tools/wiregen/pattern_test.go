package main

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
)

func TestTranslate(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 1500)
	tests := []struct {
		java    string
		accepts []string
		refuses []string
	}{
		{`[0-9a-zA-Z-_ !?.]+`, []string{"a-b_c !?."}, []string{"", "é", "a\n", "a,b"}},
		{`(|([a-z0-9]+))`, []string{"", "abc"}, []string{"A", "a b"}},
		{`[\u0009\u000A\u000D\u0020-\u00FF]+`, []string{"\t\n\r ÿ"}, []string{"Ā", "\x00", ""}},
		{`[\uD800\uDC00-\uDBFF\uDFFF]`, []string{"😀"}, []string{"a", "\uFFFD"}},
		{`.{1,2048}`, []string{"a", long, strings.Repeat("é", 2048)}, []string{"", "a\u2028b", "a\rb", strings.Repeat("a", 2049)}},
		{`x[\S]{1200,1300}`, []string{"x" + long[:1200], "x" + long[:1300]}, []string{"x" + long[:1199], "x" + long[:1301]}},
		{`x.{1001,}`, []string{"x" + long}, []string{"x" + long[:1000]}},
		{`^(?!\s*$).+`, []string{" a", "a"}, []string{"", "  "}},
		{`(?![\-_+.])[a-z\-_]*`, []string{"a-b", ""}, []string{"-a", "_"}},
		{`^(?=.{5,8}$)a[a-z]+`, []string{"abcde"}, []string{"abcd", "abcdefghi"}},
		{`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`, []string{"a-b-c", "abc"}, []string{"a--b", "ab", "-ab", "ab-"}},
		{`^\p{ASCII}+$`, []string{"az~"}, []string{"é"}},
		{`[\p{L}0-9]+`, []string{"한글9"}, []string{"-"}},
		{`a\.b`, []string{"a.b"}, []string{"axb"}},
		{`[.]`, []string{"."}, []string{"a"}},
	}
	for _, test := range tests {
		p, err := translate(test.java)
		if err != nil {
			t.Errorf("%s: %v", test.java, err)
			continue
		}
		compiled := &codec.Pattern{Source: test.java, Match: p.match, Ahead: p.ahead, Never: p.never}
		for _, s := range test.accepts {
			if !compiled.Matches(s) {
				t.Errorf("%s as %+v refuses %.40q", test.java, p, s)
			}
		}
		for _, s := range test.refuses {
			if compiled.Matches(s) {
				t.Errorf("%s as %+v accepts %.40q", test.java, p, s)
			}
		}
	}
}

func TestTranslateRefuses(t *testing.T) {
	t.Parallel()
	for _, java := range []string{`a(?!b)c`, `a(?<=b)`, `(a)\1`, `[a-z&&[^b]]`, `[a[bc]]`, `a++`, `(?>a)`, `\uZZZZ`, `a{b}`, `[a`} {
		if p, err := translate(java); err == nil {
			t.Errorf("%s was translated to %+v", java, p)
		}
	}
}
