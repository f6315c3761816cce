package pii

import (
	"context"
	"errors"
	"slices"
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

func TestTypes(t *testing.T) {
	t.Parallel()
	all := Types()
	if len(all) != 31 || !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != 31 {
		t.Errorf("%d types: %v", len(all), all)
	}
	if got, err := Parse("EMAIL"); got != Email || err != nil {
		t.Errorf("Parse(EMAIL) = %v, %v", got, err)
	}
	if _, err := Parse("email"); !fault.Is(err, fault.Invalid) {
		t.Errorf("Parse(email): %v", err)
	}
	if got := USSocialSecurityNumber.Mask(); got != "{US_SOCIAL_SECURITY_NUMBER}" {
		t.Errorf("mask %s", got)
	}
	seen := map[Type]int{}
	for _, e := range entities() {
		seen[e.typ]++
		if seen[e.typ] > 1 || !e.typ.Valid() {
			t.Errorf("%s is in the list of entities %d times", e.typ, seen[e.typ])
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, types := range [][]Type{nil, {"KR_RRN"}, {Email, ""}} {
		if _, err := New(types...); !fault.Is(err, fault.Invalid) {
			t.Errorf("New(%v): %v", types, err)
		}
	}
}

func TestDetectBlocks(t *testing.T) {
	t.Parallel()
	detector, err := New(Email, CardNumber)
	if err != nil {
		t.Fatal(err)
	}
	in := detect.Input{Blocks: []*text.Document{text.New("a@b.example"), text.New(""), text.New("4111111111111111 and c@d.example")}}
	findings, err := detector.Detect(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := []detect.Finding{
		{Family: detect.PII, Type: "EMAIL", Block: 0, Span: text.Span{Start: 0, End: 11}, Confidence: detect.High, Score: 1},
		{Family: detect.PII, Type: "CREDIT_DEBIT_CARD_NUMBER", Block: 2, Span: text.Span{Start: 0, End: 16}, Confidence: detect.High, Score: 0.95},
		{Family: detect.PII, Type: "EMAIL", Block: 2, Span: text.Span{Start: 21, End: 32}, Confidence: detect.High, Score: 1},
	}
	if !slices.Equal(findings, want) {
		t.Errorf("got %v\nwant %v", findings, want)
	}
}

func TestDetectEnds(t *testing.T) {
	t.Parallel()
	detector, err := New(Email)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	findings, err := detector.Detect(ctx, detect.Input{Blocks: []*text.Document{text.New("a@b.example")}})
	if !errors.Is(err, context.Canceled) || findings != nil {
		t.Errorf("after its context ended: %v, %v", findings, err)
	}
}

// TestDisguised holds that what cannot be seen, and other forms of the same characters, hide nothing, and that the span takes
// them along.
func TestDisguised(t *testing.T) {
	t.Parallel()
	tests := []struct {
		typ            Type
		original, want string
	}{
		{CardNumber, "pay 4111\u200b1111\u200b1111\u200b1111 now", "4111\u200b1111\u200b1111\u200b1111"},
		{CardNumber, "pay 4111\u00a01111\u00a01111\u00a01111 now", "4111\u00a01111\u00a01111\u00a01111"},
		{CardNumber, "카드 ４１１１１１１１１１１１１１１１ 결제", "４１１１１１１１１１１１１１１１"},
		{Email, "to bob\u200d@exam\u00adple.com.", "bob\u200d@exam\u00adple.com"},
		{USSocialSecurityNumber, "SSN 123\u201145\u20116789", "123\u201145\u20116789"},
		{USSocialSecurityNumber, "it is 123–45–6\u2060789", "123–45–6\u2060789"},
		{IBAN, "ＧＢ８２ WEST 1234 5698 7654 32", "ＧＢ８２ WEST 1234 5698 7654 32"},
		{AWSAccessKey, "AKIA\ufeffIOSFODNN7EXAMPLE", "AKIA\ufeffIOSFODNN7EXAMPLE"},
		{IPAddress, "from 10.0.\u200b0.1", "10.0.\u200b0.1"},
	}
	for _, test := range tests {
		t.Run(test.original, func(t *testing.T) {
			t.Parallel()
			detector, err := New(test.typ)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range detectIn(t, detector, test.original) {
				got = append(got, test.original[f.Span.Start:f.Span.End])
			}
			if !slices.Equal(got, []string{test.want}) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
