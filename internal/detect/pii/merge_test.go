package pii

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	at := func(typ Type, start, end int) found { return found{start: start, end: end, rank: typ.rank(), score: 1} }
	tests := []struct {
		name    string
		enabled []Type
		in      []found
		want    []found
	}{
		{"nothing", []Type{Email}, nil, nil},
		{"apart", []Type{Email, Phone}, []found{at(Phone, 20, 30), at(Email, 0, 10)}, []found{at(Email, 0, 10), at(Phone, 20, 30)}},
		{
			"touching is apart",
			[]Type{Email, Phone},
			[]found{at(Phone, 10, 30), at(Email, 0, 10)},
			[]found{at(Email, 0, 10), at(Phone, 10, 30)},
		},
		{"leftmost", []Type{CardNumber, Phone}, []found{at(CardNumber, 2, 18), at(Phone, 0, 12)}, []found{at(Phone, 0, 12)}},
		{"longest", []Type{URL, Email}, []found{at(Email, 0, 5), at(URL, 0, 30)}, []found{at(URL, 0, 30)}},
		{"inside", []Type{URL, Email}, []found{at(Email, 10, 25), at(URL, 0, 30)}, []found{at(URL, 0, 30)}},
		{
			"rank",
			[]Type{Phone, USBankRoutingNumber},
			[]found{at(Phone, 0, 9), at(USBankRoutingNumber, 0, 9)},
			[]found{at(USBankRoutingNumber, 0, 9)},
		},
		{"a disabled card vetoes a phone", []Type{Phone}, []found{at(CardNumber, 0, 16), at(Phone, 0, 11)}, nil},
		{
			"a disabled url lets an e-mail through",
			[]Type{Email},
			[]found{at(URL, 0, 30), at(Email, 10, 25)},
			[]found{at(Email, 10, 25)},
		},
		{"a disabled url vetoes a name", []Type{Name}, []found{at(URL, 0, 30), at(Name, 10, 25)}, nil},
		{"a part vetoes no whole", []Type{URL}, []found{at(URL, 0, 30), at(IPAddress, 7, 15)}, []found{at(URL, 0, 30)}},
		{"a veto behind another", []Type{Phone}, []found{at(URL, 0, 40), at(CardNumber, 10, 26), at(Phone, 12, 22)}, nil},
		{"the same twice", []Type{Email}, []found{at(Email, 0, 5), at(Email, 0, 5)}, []found{at(Email, 0, 5)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var enabled [len(ranks)]bool
			for _, typ := range test.enabled {
				enabled[typ.rank()] = true
			}
			got := merge(test.in, &enabled)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(found{}), equateEmpty); diff != "" {
				t.Errorf("merge (-want +got):\n%s", diff)
			}
		})
	}
}

var equateEmpty = cmp.FilterValues(func(a, b []found) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
