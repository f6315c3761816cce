package grounding

import (
	"testing"

	"merlon.dev/merlon/internal/detect/pair"
)

func TestAsks(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]bool{
		"Where is the cat?":          true,
		"where is the cat":           true,
		"Tell me the opening hours.": true,
		"I will tell you.":           false,
		"opening hours":              true,
		"Tell me who it was.":        true,
		"The cat sat on a mat.":      false,
		"비밀번호는 어떻게 바꿔요.":             true,
		"비밀번호 변경 방법":                 true,
		"한 남자가 피아노를 치고 있다.":          false,
		"한 남자가 피아노를 치고 있다":           false,
		"駅はどこですか。":                   true,
		"猫が座っている。":                   false,
		"":                           true,
	} {
		if got := asks(query, pair.Words(query)); got != want {
			t.Errorf("%q asks: %v", query, got)
		}
	}
}
