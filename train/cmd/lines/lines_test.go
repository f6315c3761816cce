package lines

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestEachReadsInOrder(t *testing.T) {
	t.Parallel()
	var got []int
	err := Each(strings.NewReader("[1,2]\n[]\n[3]"), func(v []int) error {
		got = append(got, v...)
		return nil
	})
	if err != nil || !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestEachNamesTheLine(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for text, do := range map[string]func(int) error{
		"1\nx\n":                            func(int) error { return nil },
		"1\n2":                              func(v int) error { return map[bool]error{true: full}[v == 2] },
		"1\n" + strings.Repeat("1", most+1): func(int) error { return nil },
	} {
		if err := Each(strings.NewReader(text), do); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}
