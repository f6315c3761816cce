package pii

import (
	"strings"
	"testing"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect"
)

// FuzzDetect holds that findings are in order, apart, inside the text and on character borders; that a second run finds the same;
// and that a text whose findings are masked holds none of the values that stand for themselves.
func FuzzDetect(f *testing.F) {
	for _, seed := range append(hostile, ordinary, "bob@example.com GB82 WEST 1234 5698 7654 32 00:1B:44:11:3A:B7 https://a.example/b?c=d",
		"card 4111\u200b1111 1111 1111 exp 01/27 cvv 123", "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"SSN 123-45-6789, 여권번호 M12345678, NI AB123456C, VIN 1M8GDM9AXKP042788, 10.0.0.1 2001:db8::1") {
		f.Add(seed)
	}
	detector, err := New(Types()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, original string) {
		if !utf8.ValidString(original) {
			return
		}
		findings := detectIn(t, detector, original)
		var masked strings.Builder
		values := map[string]bool{}
		at := 0
		for _, finding := range findings {
			span := finding.Span
			if span.Start < at || span.End <= span.Start || span.End > len(original) {
				t.Fatalf("%q: span %v after byte %d", original, span, at)
			}
			value := original[span.Start:span.End]
			if !utf8.ValidString(value) {
				t.Fatalf("%q: span %v is off a character border", original, span)
			}
			if standsAlone(finding) {
				values[finding.Type+" "+value] = true
			}
			masked.WriteString(original[at:span.Start] + "■")
			at = span.End
		}
		masked.WriteString(original[at:])
		for _, finding := range detectIn(t, detector, masked.String()) {
			value := masked.String()[finding.Span.Start:finding.Span.End]
			if standsAlone(finding) && values[finding.Type+" "+value] {
				t.Errorf("%q: %s %q is found again in %q", original, finding.Type, value, masked.String())
			}
		}
		for i, again := range detectIn(t, detector, original) {
			if again != findings[i] {
				t.Errorf("%q: %v, then %v", original, findings[i], again)
			}
		}
	})
}

// standsAlone reports whether the finding's type needs no words around it, so that every place that has the value is found.
func standsAlone(f detect.Finding) bool {
	switch Type(f.Type) {
	case Email, URL, IBAN, AWSAccessKey, MACAddress:
		return true
	}
	return false
}
