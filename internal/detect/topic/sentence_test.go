package topic

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]string{
		"":                        {""},
		"one two three four five": {"one two three four five"},
		"This is the first one. And this the second one.":  {"This is the first one. ", "And this the second one."},
		"Yes. No. This is long enough. Ok.":                {"Yes. No. This is long enough. Ok."},
		"This is the first one. Ok.":                       {"This is the first one. Ok."},
		"He said \"this is it!\" Then he was gone again":   {"He said \"this is it!\" ", "Then he was gone again"},
		"a line without a stop\n\nand another one of them": {"a line without a stop\n\n", "and another one of them"},
		"Version 1.2.3 of example.com is still the newest": {"Version 1.2.3 of example.com is still the newest"},

		"오늘은 날씨가 정말 좋네요 그렇죠? 내일은 비가 온다고 하니 우산을 챙기세요": {"오늘은 날씨가 정말 좋네요 그렇죠? ", "내일은 비가 온다고 하니 우산을 챙기세요"},
	} {
		var got []string
		for _, b := range sentences(s) {
			got = append(got, s[b[0]:b[1]])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", s, diff)
		}
	}
}

// FuzzSentences: the sentences follow each other and are all of the text.
func FuzzSentences(f *testing.F) {
	f.Add("One two three. Four five six seven! \"Eight?\" Nine\n\nten.")
	f.Add("가나다라마바사. \xff\xfe…  다음 문장이 이어집니다\n")
	f.Fuzz(func(t *testing.T, s string) {
		at := 0
		for _, b := range sentences(s) {
			if b[0] != at || b[1] < b[0] || b[1] == b[0] && s != "" {
				t.Fatalf("%q: sentence %v after byte %d", s, b, at)
			}
			at = b[1]
		}
		if at != len(s) {
			t.Fatalf("%q: ends at byte %d", s, at)
		}
	})
}
