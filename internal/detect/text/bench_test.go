package text_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/detect/text"
)

const prose = "The quick brown fox, it's said, jumps over the lazy dog; R&D spends 40% of its time on Q&A.\n"

func benchTexts() map[string]string {
	fill := func(s string, n int) string { return strings.Repeat(s, n/len(s)+1)[:n] }
	return map[string]string{
		"ascii": fill(prose, 25<<10), "korean": strings.Repeat("안녕하세요. 오늘 회의는 세 시에 시작합니다. ", 25<<10/60),
		"russian": strings.Repeat("Сегодня в три часа начнётся совещание. ", 25<<10/70), "smart": strings.Repeat("He said “wait…” and left™. ", 25<<10/34),
		"zero_width": strings.Repeat("k\u200bi\u200bl\u200bl ", 25<<10/14),
	}
}

func BenchmarkViews(b *testing.B) {
	for name, s := range benchTexts() {
		for _, view := range []struct {
			name string
			make func(*text.Document)
		}{
			{"clean", func(d *text.Document) { d.Clean() }},
			{"folded", func(d *text.Document) { d.Folded() }},
			{"joined", func(d *text.Document) { d.Joined() }},
			{"decoded", func(d *text.Document) { d.Decoded() }},
		} {
			b.Run(name+"/"+view.name, func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				b.ReportAllocs()
				for b.Loop() {
					view.make(text.New(s))
				}
			})
		}
	}
}

// hostile are texts that are dear for a careless normaliser.
func hostile() map[string]func(n int) string {
	rep := func(s string) func(int) string { return func(n int) string { return strings.Repeat(s, n/len(s)) } }
	return map[string]func(int) string{
		"marks": func(n int) string { return "a" + strings.Repeat("\u0301", n/2) }, "marks_mixed": rep("a\u0323\u0301\u0334\u0301"),
		"backspaces": func(n int) string { return strings.Repeat("x", n/2) + strings.Repeat("\b", n/2) },
		"ampersands": rep("&"), "amp": func(n int) string { return "&" + strings.Repeat("amp;", n/4) }, "percents": func(n int) string { return strings.Repeat("%3", n/2) + "5" },
		"references": rep("&#38;"), "base64": rep("YWJj"), "hex": rep("61 "), "letters": rep("k "), "jamo": rep("ㅎㅏㄴ"), "ligature": rep("\ufdfa"),
		"lookalikes": rep("ѕех"), "long_token": func(n int) string { return strings.Repeat("аb", n/3) }, "odd_words": rep("xqz vkj "), "morse": rep(".- "),
		"repeats": rep("aaaa"), "leet": rep("1a2b"), "stress": rep("a*_*"), "quoted": rep("=41"), "flipped": rep("ɐɔ "), "esc": rep("\x1b[31"),
		"runs": rep("d2hlcmUgYXJlIHRoZSBvbGQga2V5cw== or "), "lines": rep("esuoh dlo eht fo syek eht era erehw\n"),
	}
}

// TestLinear tells linear from quadratic time: for 16 times the text linear time grows by 16, and by up to three times that where a
// text outgrows the caches; quadratic time by 256. The ratio itself, on a quiet machine, is a figure of docs/benchmarks.md.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	const size, most = 1 << 15, 96.0
	read := func(s string) time.Duration {
		best := time.Duration(1 << 62)
		for range 4 {
			runtime.GC()
			start := time.Now()
			d := text.New(s)
			d.Joined()
			d.Revealed()
			best = min(best, time.Since(start))
		}
		return best
	}
	for name, make := range hostile() {
		one, two := read(make(size)), read(make(16*size))
		for try := 0; try < 4 && float64(two) > most*float64(one); try++ {
			one, two = read(make(size)), min(two, read(make(16*size)))
		}
		t.Logf("%s: %v, then %v (%.2f)", name, one, two, float64(two)/float64(one))
		if float64(two) > most*float64(one)+float64(2*time.Millisecond) {
			t.Errorf("%s: %d bytes took %v, 16 times as many %v", name, size, one, two)
		}
	}
}
