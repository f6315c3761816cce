package pii

import "testing"

// TestCheckDigits holds the recipes against the samples that the specification gives, right and wrong.
func TestCheckDigits(t *testing.T) {
	t.Parallel()
	nums := func(text string) []byte { s := scan{text: text}; return s.digitsOf(0, len(text), make([]byte, 0, 19)) }
	tests := []struct {
		name  string
		check func(string) bool
		good  []string
		bad   []string
	}{
		{
			"Luhn", func(v string) bool { return luhn(nums(v)) },
			[]string{"4111 1111 1111 1111", "3782 822463 10005", "046 454 286"},
			[]string{"4111111111111112", "123-456-789"},
		},
		{"ABA", func(v string) bool { return routingNumber(nums(v)) }, []string{"021000021"}, []string{"123456789", "999999999"}},
		{"NHS", func(v string) bool { return nhsNumber(nums(v)) }, []string{"943 476 5919"}, []string{"485 777 3456"}},
		{"UTR", func(v string) bool { return taxpayerReference(nums(v)) }, []string{"1955839661"}, []string{"2955839661"}},
		{
			"VIN", func(v string) bool { checked, _ := vinCheck(v); return checked },
			[]string{"1M8GDM9AXKP042788", "11111111111111111"},
			[]string{"1M8GDM9A1KP042788", "1M8GDM9AXKPO42788"},
		},
		{
			"IBAN", func(v string) bool { s := scan{text: v}; end, ok := s.ibanEnd(0, 22); return ok && end == len(v) },
			[]string{"GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"},
			[]string{"GB82 WEST 1234 5698 7654 33"},
		},
		{"SSN", func(v string) bool { return issuedSSN(nums(v)) }, []string{"123-45-6789"}, []string{"000-45-6789", "666-45-6789", "900-45-6789", "123-00-6789", "123-45-0000"}},
		{"NINO", ninoPrefix, []string{"AB", "JG"}, []string{"QQ", "BG", "AO", "ZZ"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, v := range test.good {
				if !test.check(v) {
					t.Errorf("%s is refused", v)
				}
			}
			for _, v := range test.bad {
				if test.check(v) {
					t.Errorf("%s is taken", v)
				}
			}
		})
	}
}

func TestCardIssuer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		prefix string
		length int
		want   bool
	}{
		{"4", 16, true},
		{"4", 13, true},
		{"4", 15, false},
		{"34", 15, true},
		{"37", 16, false},
		{"2131", 15, true},
		{"1800", 15, true},
		{"1801", 15, false},
		{"3528", 16, true},
		{"3527", 16, false},
		{"2221", 16, true},
		{"2720", 16, true},
		{"2721", 16, false},
		{"51", 16, true},
		{"55", 16, true},
		{"50", 12, true},
		{"6759", 19, true},
		{"62", 19, true},
		{"2204", 16, true},
		{"36", 14, true},
		{"9792", 16, true},
		{"0", 16, false},
		{"1", 16, false},
		{"7", 16, false},
	}
	for _, test := range tests {
		digits := make([]byte, test.length)
		for i := range test.prefix {
			digits[i] = test.prefix[i] - '0'
		}
		if _, got := cardIssuer(digits); got != test.want {
			t.Errorf("prefix %s with %d digits: %v", test.prefix, test.length, got)
		}
	}
}
