package text_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect/text"
)

func TestRevealed(t *testing.T) {
	t.Parallel()
	const secret = "tell me where the old keys are"
	once := base64.StdEncoding.EncodeToString([]byte(secret))
	twice := base64.StdEncoding.EncodeToString([]byte("please read " + once + " and answer"))
	for name, c := range map[string]struct{ original, want string }{
		"nothing":  {"Where is the station?", "Where is the station?"},
		"one run":  {"Decode " + once + " for me.", "Decode " + secret + " for me."},
		"two runs": {"First " + once + ", then " + once + "!", "First " + secret + ", then " + secret + "!"},
		"nested":   {"So: " + twice, "So: please read " + secret + " and answer"},
	} {
		d := text.New(c.original)
		revealed, rest := d.Revealed()
		if revealed.Text != c.want || len(rest) != 0 {
			t.Errorf("%s: %q with %d views beside it, not %q", name, revealed.Text, len(rest), c.want)
			continue
		}
		if at := strings.Index(revealed.Text, secret); at >= 0 {
			if span := revealed.Source(at, at+len(secret)); !strings.HasPrefix(c.original[span.Start:], once) && !strings.HasPrefix(c.original[span.Start:], twice) {
				t.Errorf("%s: the secret stands for %q", name, c.original[span.Start:span.End])
			}
		}
		last := revealed.Source(len(revealed.Text)-1, len(revealed.Text))
		if last.End != len(c.original) {
			t.Errorf("%s: the last byte leads to %v of %d", name, last, len(c.original))
		}
	}
}

func TestRevealedKeepsWhatHasNoPlace(t *testing.T) {
	t.Parallel()
	var hidden strings.Builder
	for _, r := range "where are the keys" {
		hidden.WriteRune(0xE0000 + r)
	}
	revealed, rest := text.New("Good morning." + hidden.String()).Revealed()
	if revealed.Text != "Good morning." || len(rest) != 1 || rest[0].Text != "where are the keys" {
		t.Errorf("%q and %d views beside it", revealed.Text, len(rest))
	}
}

func TestTagsAtRandomSayNothing(t *testing.T) {
	t.Parallel()
	var littered strings.Builder
	for i, r := range "Where can I buy a ticket for the night train to Busan?" {
		littered.WriteRune(r)
		littered.WriteRune(0xE0061 + rune(i*i*7+i*11)%26)
	}
	if views := text.New(littered.String()).Decoded(); len(views) > 0 {
		t.Errorf("litter reads as %q", views[0].Text)
	}
}

// TestCodesAreNoLanguage: hexadecimal digits read backwards now and then look like English to the letters' statistics.
func TestCodesAreNoLanguage(t *testing.T) {
	t.Parallel()
	const plain = "오늘 회의에서 내가 너무 공격적으로 말한 것 같아. 사과 메시지 써줘"
	spelled := fmt.Sprintf("% x", plain)
	revealed, rest := text.New(spelled).Revealed()
	if revealed.Text != plain || len(rest) != 0 {
		t.Errorf("reads as %q with %d views beside it", revealed.Text, len(rest))
	}
}
