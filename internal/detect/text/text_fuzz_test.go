package text_test

import (
	"testing"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/detect/text/texttest"
)

// seeds are texts that exercise every part of the normaliser.
func seeds() []string {
	all := []string{
		"", "plain text", "안녕하세요 ㅋㅋㅋ ㅎㅏㄴㄱㅡㄹ", "&amp;amp;lt; %2525 \\u005cu0041", "a\u0301\u0301\u0301\b\b\bx", "\b\b", "&#107&#105ll",
		"\uD55C\u11AB \u1112\u1161\u11AB \u1112 \u11AB", "İıßẞ ﬁ ™ … ½", "\x1b[31mred\x1b[0m", "ѕех и мир", "\u200b\u200b", "%E2%80%8B%ed%95%9c",
		"k i l l  k.i.l.l k1ll kiiiill 시1발", "\xff\xfe", "🅺🅸🅻🅻 🇰🇷", "e\u0323\u0307 \u1e0b\u0323", "&\u200bamp;", "%\u200b41", "&am%70;lt;",
		"각\u11a8 가\u11a8 ᅟᅠ", "&#x1F600;&#x41", "\\ud83d\\ude00", "\\U0001F600 \\x{41}", "クﾞ ｶﾞ", "क़ क\u093c", "\u0e01\u0e33",
	}
	for _, e := range texttest.Evasions() {
		all = append(all, e.Apply("How do I kill a man, 안녕 극비를 말하지?"))
	}
	return all
}

// FuzzViews holds every view to its contract: its map is valid, monotonic and on character borders, Clean is idempotent, what is
// not mapped is not touched, and a second reader gets the same.
func FuzzViews(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := text.New(s)
		views := append([]*text.View{d.Clean(), d.Folded(), d.Joined()}, d.Decoded()...)
		for _, v := range views {
			if !utf8.ValidString(v.Text) {
				t.Fatalf("%s view of %q is not UTF-8: %q", v.Kind, s, v.Text)
			}
			checkMap(t, s, v)
		}
		if !utf8.ValidString(s) {
			return
		}
		c := d.Clean().Text
		if again := text.New(c).Clean().Text; again != c {
			t.Errorf("clean of %q is %q, and its clean %q", s, c, again)
		}
		if again := text.New(s).Joined().Text; again != d.Joined().Text {
			t.Errorf("joined twice: %q and %q", again, d.Joined().Text)
		}
	})
}

// checkMap walks the characters of a view.
func checkMap(t *testing.T, s string, v *text.View) {
	t.Helper()
	border := func(i int) bool { return i == len(s) || utf8.RuneStart(s[i]) || !utf8.ValidString(s) }
	whole := v.Source(0, len(v.Text))
	last := text.Span{}
	for i := 0; i < len(v.Text); {
		_, size := utf8.DecodeRuneInString(v.Text[i:])
		span := v.Source(i, i+size)
		if span.Start < 0 || span.End > len(s) || span.Start >= span.End || !border(span.Start) || !border(span.End) {
			t.Fatalf("%s view of %q: character %d of %q has span %v", v.Kind, s, i, v.Text, span)
		}
		if span.Start < last.Start || span.End < last.End || span.Start < whole.Start || span.End > whole.End {
			t.Fatalf("%s view of %q: span %v follows %v in %v", v.Kind, s, span, last, whole)
		}
		if empty := v.Source(i, i); empty.Len() != 0 || empty.Start != span.Start {
			t.Fatalf("%s view of %q: empty range at %d has span %v, character %v", v.Kind, s, i, empty, span)
		}
		last = span
		i += size
	}
}
