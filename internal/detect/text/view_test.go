package text_test

import (
	"testing"

	"merlon.dev/merlon/internal/detect/text"
)

// TestViews pins what each view shows; an empty expectation means "as the view before".
func TestViews(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, original, clean, folded, joined string }{
		{"plain", "plain, text", "", "", ""},
		{"capitals", "Plain TEXT", "", "plain text", ""},
		{"line ends stay", "a\r\nb\tc", "", "", ""},
		{"full width", "Ｋｉｌｌ　me", "Kill me", "kill me", ""},
		{"ligature and sign", "ﬁne™ ½", "fineTM 1⁄2", "finetm 1⁄2", ""},
		{"zero width", "ki\u200bl\ufeffl", "kill", "", ""},
		{"bidirectional", "\u202ekill\u202c", "kill", "", ""},
		{"soft hyphen", "ki\u00adll", "kill", "", ""},
		{"tags and selectors", "k\U000e0061i\ufe0fll\U000e0101", "kill", "", ""},
		{"control characters", "k\x00i\x7fll\u0085", "kill\u0085", "", ""},
		{"terminal colour", "\x1b[1;31mkill\x1b[0m", "kill", "", ""},
		{"backspace", "kx\bill", "kill", "", ""},
		{"backspace over an accent", "e\u0301\bkill", "kill", "", ""},
		{"backspace stops at a line", "a\n\b\bb", "a\nb", "", ""},
		{"overstrike", "_\bk_\bi_\bl_\bl", "kill", "", ""},
		{"HTML", "&#107;&#x69;&lt;&amp;", "ki<&", "", "ki<&"},
		{"HTML nested", "&amp;amp;lt;", "<", "", ""},
		{"HTML open", "&#107&#105ll", "kill", "", ""},
		{"no reference", "AT&T; R&D &nothing; &#; &#9999999;", "", "at&t; r&d &nothing; &#; &#9999999;", ""},
		{"half a reference", "&notit;", "", "", ""},
		{"percent", "%6b%69%6C%6c%20%ED%95%9C", "kill 한", "", ""},
		{"percent twice", "%256b", "k", "", ""},
		{"no percent", "50% of 7%zz %00", "", "", ""},
		{"escapes", `\u006bi\x6c\U0000006c \u{6b}\x{69}`, "kill ki", "", ""},
		{"surrogates", `\ud83d\ude00 \ud83d`, `😀 \ud83d`, "", "😀 udbed"},
		{"path", `C:\users\name`, "", `c:\users\name`, ""},
		{"escape around a zero width", "&\u200bamp;", "&", "", ""},
		{"accents", "Re\u0301sumé", "Résumé", "resume", ""},
		{"zalgo", "k\u0336\u0301i\u0336l\u0336l\u0336", "ḱ\u0336i\u0336l\u0336l\u0336", "kill", ""},
		{"German", "STRASSE Straße", "", "strasse strasse", ""},
		{"Turkish", "İstanbul ılık", "", "istanbul ilik", ""},
		{"final sigma", "ΣΊΣΥΦΟΣ σίσυφος", "", "σισυφοσ σισυφοσ", ""},
		{"Danish and Polish", "Smørrebrød Łódź", "", "smorrebrod lodz", ""},
		{"Hebrew points", "שָׁלוֹם", "שָׁלוֹם", "שלום", ""},
		{"Arabic points", "مُحَمَّد", "مُحَمَّد", "محمد", ""},
		{"Thai marks stay", "น้ำ", "น้ํา", "", ""},
		{"Devanagari marks stay", "हिन्दी", "", "", ""},
		{"kana voiced marks", "か\u3099 ｶﾞ", "が ガ", "", ""},
		{"Hangul letters", "ㅎㅏㄴㄱㅡㄹ ㅎㅏㄴㅏ", "한글 하나", "", ""},
		{"half-width Hangul", "ﾾￂﾤﾡￚﾩ", "한글", "", ""},
		{"conjoining Hangul", "\u1112\u1161\u11ab", "한", "", ""},
		{"loose letters stay", "ㅋㅋㅋ ㅂㅅ ㅄ 하ㅋㅋ", "", "", "ㅋ ㅂㅅ ㅄ 하ㅋㅋ"},
		{"fillers", "한ㅤ글ᅠ", "한글", "", ""},
		{"Braille blank", "a\u2800b", "a b", "", ""},
		{"look-alikes in a Latin word", "рауpаl kіll", "", "paypal kill", ""},
		{"Russian stays", "Съешь ещё этих мягких французских булок, мой сор", "", "съешь еще этих мягких французских булок, мой сор", ""},
		{"Russian beside English", "the word сор in русский текст, who would have thought of it", "", "the word cop in русский текст, who would have thought of it", ""},
		{"Greek stays", "Η γλώσσα μου", "", "η γλωσσα μου", ""},
		{"Armenian stays", "Բարեւ ձեզ", "", "բարեւ ձեզ", ""},
		{"look-alikes alone", "ѕех", "", "", "sex"},
		{"enclosed", "🅺🅸🅻🅻 ⓚⓘⓛⓛ", "🅺🅸🅻🅻 kill", "kill kill", ""},
		{"regional", "🇰🇮🇱🇱 🇰🇷", "", "", "kill 🇰🇷"},
		{"spelled out", "k i l l  h i m", "", "", "kill  him"},
		{"spelled with dots", "k.i.l.l U.S.", "", "k.i.l.l u.s.", "kill us."},
		{"not spelled", "a b, x-y 1 2 3 4", "", "", ""},
		{"leet", "k1ll he11o $ex wow!", "", "", "kill hello sex wow!"},
		{"names stay", "Galaxy A55, 3D, 2026", "", "galaxy a55, 3d, 2026", ""},
		{"stretched", "kiiiiill sooo", "", "", "kill so"},
		{"emphasis", "k**i**ll k*i*ll snake_case don't", "", "", "kill kill snake_case don't"},
		{"digit in Hangul", "씨1발 3월 1일", "", "", "씨발 3월 1일"},
		{"not UTF-8", "a\xffb", "a\ufffdb", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := text.New(c.original)
			want := c.original
			for _, v := range []struct {
				view   *text.View
				expect string
			}{{d.Clean(), c.clean}, {d.Folded(), c.folded}, {d.Joined(), c.joined}} {
				if v.expect != "" {
					want = v.expect
				}
				if v.view.Text != want {
					t.Errorf("%s is %q, want %q", v.view.Kind, v.view.Text, want)
				}
			}
		})
	}
}

// TestSource pins spans: the place of a word in a view, and the original's bytes behind it.
func TestSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, original string
		view           func(*text.Document) *text.View
		start, end     int
		source         string
	}{
		{"identity", "say kill", (*text.Document).Folded, 4, 8, "kill"},
		{"inside marks", "say k\u200bi\u200bll\u200b now", (*text.Document).Clean, 4, 8, "k\u200bi\u200bll"},
		{"full width", "say ｋｉｌｌ", (*text.Document).Clean, 4, 8, "ｋｉｌｌ"},
		{"taken back", "say xk\b\bkill", (*text.Document).Clean, 4, 8, "kill"},
		{"escape", "say &#107;ill", (*text.Document).Clean, 4, 8, "&#107;ill"},
		{"nested escape", "say &amp;#107;ill", (*text.Document).Clean, 4, 5, "&amp;#107;"},
		{"part of a ligature", "oﬃce", (*text.Document).Clean, 2, 3, "ﬃ"},
		{"accents belong to their letter", "cafe\u0301s", (*text.Document).Folded, 0, 4, "cafe\u0301"},
		{"syllable", "ㅎㅏㄴ글", (*text.Document).Clean, 0, 3, "ㅎㅏㄴ"},
		{"spelled", "I k.i.l.l. you", (*text.Document).Joined, 2, 6, "k.i.l.l"},
		{"stretched", "kiiill", (*text.Document).Joined, 0, 4, "kiiill"},
		{"beyond the end", "kill", (*text.Document).Clean, 2, 99, "ll"},
		{"decoded", "see a2lsbCB0aGUga2luZw== ok", func(d *text.Document) *text.View { return d.Decoded()[0] }, 0, 4, "a2lsbCB0aGUga2luZw=="},
	} {
		d := text.New(c.original)
		v := c.view(d)
		span := v.Source(c.start, c.end)
		if got := c.original[span.Start:span.End]; got != c.source {
			t.Errorf("%s: [%d, %d) of %q comes from %q, want %q", c.name, c.start, c.end, v.Text, got, c.source)
		}
	}
}
