package pattern_test

import (
	"bufio"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/pattern"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

// TestVectors runs testdata/patterns.txt: an expression, a tab, and either "refused: part of the reason" or a text, a tab, and the
// matches with | between them, - for none.
func TestVectors(t *testing.T) {
	t.Parallel()
	const want = 68
	f, err := os.Open("testdata/patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	ran := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		ran++
		fields := strings.Split(line, "\t")
		d, err := pattern.New([]pattern.Pattern{{Name: "n", Expr: fields[0]}})
		if checked := pattern.Check(fields[0]); (checked == nil) != (err == nil) {
			t.Errorf("%s: Check says %v, New %v", fields[0], checked, err)
		}
		if reason, ok := strings.CutPrefix(fields[1], "refused: "); ok {
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), reason) {
				t.Errorf("%s: %v, want a refusal with %q", fields[0], err, reason)
			}
			continue
		}
		if err != nil || len(fields) != 3 {
			t.Errorf("%q: %v", line, err)
			continue
		}
		var expected []string
		if fields[2] != "-" {
			expected = strings.Split(fields[2], "|")
		}
		var got []string
		for _, s := range spans(t, d, fields[1]) {
			got = append(got, fields[1][s.Start:s.End])
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Errorf("%s in %q (-want +got):\n%s", fields[0], fields[1], diff)
		}
	}
	if ran != want {
		t.Errorf("ran %d vectors, want %d", ran, want)
	}
}

// spans gives the spans of all findings in one text.
func spans(t testing.TB, d *pattern.Detector, s string) []text.Span {
	t.Helper()
	findings, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New(s)}})
	if err != nil {
		t.Fatal(err)
	}
	var all []text.Span
	for _, f := range findings {
		all = append(all, f.Span)
	}
	return all
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for expr, reason := range map[string]string{
		"": "empty", strings.Repeat("a", 501): "501 characters", "\xff": "UTF-8", strings.Repeat("(?:", 60) + "a" + strings.Repeat(")*", 60): "deep",
		`(?:[a-z]{100}x){30}`: "repeat", `a{1001}`: "1000", `(?:abcdefghij){400}`: "too costly",
	} {
		if err := pattern.Check(expr); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%.20s: %v, want a refusal with %q", expr, err, reason)
		}
	}
	if err := pattern.Check(strings.Repeat("가", 500)); err != nil {
		t.Error(err)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	d, err := pattern.New([]pattern.Pattern{{"number", `\d+`}, {"Co-op Member Number", `HG-\d{6}`}})
	if err != nil {
		t.Fatal(err)
	}
	in := detect.Input{Blocks: []*text.Document{text.New("7"), text.New("see HG-0041\u200b82")}}
	got, err := d.Detect(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := []detect.Finding{
		{Family: detect.Pattern, Type: "number", Block: 0, Span: text.Span{Start: 0, End: 1}, Confidence: detect.High, Score: 1},
		{Family: detect.Pattern, Type: "Co-op Member Number", Block: 1, Span: text.Span{Start: 4, End: 16}, Confidence: detect.High, Score: 1},
		{Family: detect.Pattern, Type: "number", Block: 1, Span: text.Span{Start: 7, End: 16}, Confidence: detect.High, Score: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	d, err := pattern.New([]pattern.Pattern{{"number", `\d+`}, {"ticket", `HG-\d{6}`}})
	if err != nil {
		t.Fatal(err)
	}
	detecttest.Contract(t, d, "see HG-004182", "nothing", "é 1\u200b2 é 3")
}

// TestStops holds Detect to its context: an expression that looks to the end of the text for each match is given up.
func TestStops(t *testing.T) {
	t.Parallel()
	d, err := pattern.New([]pattern.Pattern{{"slow", `a.*b|a`}})
	if err != nil {
		t.Fatal(err)
	}
	const patience, most = 50 * time.Millisecond, 15 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	start := time.Now()
	found, err := d.Detect(ctx, detect.Input{Blocks: []*text.Document{text.New(strings.Repeat("a", 1<<20))}})
	if took := time.Since(start); err == nil || found != nil || took > most {
		t.Errorf("after %v: %d findings, %v", took, len(found), err)
	}
}

// FuzzEngines compares the engine with Go's regexp.
func FuzzEngines(f *testing.F) {
	for _, expr := range append(realistic(), `x*`, `(?i)é+`, `^a|b$`, `(?m)^.*$`, `[^a]`, `\pL+`, `(a|ab)(c|bcd)`, `.`, `(?s).+`, `\x{AC00}?`, `\b`) {
		f.Add(expr, "ab abc\nHG-004182 가나 é É x@y.zz 사번: 12345")
	}
	f.Fuzz(func(t *testing.T, expr, s string) {
		oracle, err := regexp.Compile(expr)
		d, refused := pattern.New([]pattern.Pattern{{"n", expr}})
		if err != nil && refused == nil {
			t.Fatalf("%q: accepted, but not by Go: %v", expr, err)
		}
		doc := text.New(strings.ToValidUTF8(s, "?"))
		if refused != nil || doc.Clean().Text != doc.Original() {
			t.Skip()
		}
		var want []text.Span
		for _, m := range oracle.FindAllStringIndex(doc.Original(), -1) {
			if m[0] < m[1] {
				want = append(want, text.Span{Start: m[0], End: m[1]})
			}
		}
		if diff := cmp.Diff(want, spans(t, d, doc.Original())); diff != "" {
			t.Errorf("%q in %q (-regexp +re2):\n%s", expr, doc.Original(), diff)
		}
	})
}

// realistic gives expressions as callers write them.
func realistic() []string {
	return []string{
		`\b[A-Z]{2}\d{6}[A-Z]\b`, `HG-\d{6}`, `\b\d{3}-\d{2}-\d{4}\b`, `[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`,
		`(?i)\bproject\s+(?:falcon|osprey|kestrel)\b`, `\b(?:\d[ -]*?){13,16}\b`, `EMP[0-9]{4,8}`, `\b[A-Z0-9]{8}-[A-Z0-9]{4}-[A-Z0-9]{4}\b`,
		`사번\s*[:：]?\s*\d{5,7}`, `(?:10|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}`,
	}
}

func benchmark(b *testing.B, size int, run func(s string)) {
	s := strings.Repeat("The quick brown fox, order 4711, jumps over the lazy dog; ask bob@example.com about HG-004182 today. ", 300)[:size]
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		run(s)
	}
}

func BenchmarkDetect(b *testing.B) {
	for _, c := range []struct {
		name    string
		size, n int
	}{{"1kB_5", 1 << 10, 5}, {"25kB_10", 25 << 10, 10}} {
		var list []pattern.Pattern
		var oracles []*regexp.Regexp
		for _, expr := range realistic()[:c.n] {
			list = append(list, pattern.Pattern{Name: expr, Expr: expr})
			oracles = append(oracles, regexp.MustCompile(expr))
		}
		d, err := pattern.New(list)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/detector", func(b *testing.B) {
			benchmark(b, c.size, func(s string) { spans(b, d, s) })
		})
		b.Run(c.name+"/go_regexp", func(b *testing.B) {
			benchmark(b, c.size, func(s string) {
				for _, re := range oracles {
					re.FindAllStringIndex(s, -1)
				}
			})
		})
	}
}
