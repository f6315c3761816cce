package evaluate

import (
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/guardrail"
	weights "merlon.dev/merlon/models"
)

// folders gives the trunk that ships, and the guard model that ships or the one in the folder that GUARD_MODEL names.
func folders(b *testing.B) (under, guard fs.FS) {
	b.Helper()
	under, err := weights.Folder(weights.Trunk)
	if err != nil {
		b.Fatal(err)
	}
	if name := os.Getenv("GUARD_MODEL"); name != "" {
		return under, os.DirFS(name)
	}
	if guard, err = weights.Folder(weights.Guard); err != nil {
		b.Fatal(err)
	}
	return under, guard
}

func shipped(b *testing.B, workers int) (*trunk.Trunk, *guardmodel.Model) {
	b.Helper()
	lower, upper := folders(b)
	under, err := trunk.Load(lower, trunk.Options{Workers: workers})
	if err != nil {
		b.Skip(err)
	}
	m, err := guardmodel.Load(under, upper)
	if err != nil {
		b.Fatal(err)
	}
	return under, m
}

// BenchmarkGuardModel applies a guardrail with all content filters and the prompt-attack filter to 1 kB of text on one core.
func BenchmarkGuardModel(b *testing.B) {
	english := strings.Repeat("Our branch in the old town opens at nine; please bring a form of identification and the letter that we sent you last week. ", 9)[:1000]
	korean := string([]rune(strings.Repeat("저희 지점은 오전 아홉 시에 문을 엽니다. 신분증과 지난주에 보내 드린 편지를 가지고 오시기 바랍니다. ", 9))[:400])
	under, m := shipped(b, 1)
	b.Cleanup(under.Close)
	config := guardrail.Config{}
	for _, c := range []guardrail.Category{guardrail.Sexual, guardrail.Violence, guardrail.Hate, guardrail.Insults, guardrail.Misconduct, guardrail.PromptAttack} {
		config.Content.Filters = append(config.Content.Filters, guardrail.ContentFilter{Category: c, InputStrength: guardrail.StrengthHigh, OutputStrength: guardrail.StrengthNone})
	}
	factories := RuleFactories()
	maps.Copy(factories, GuardModelFactories(m))
	c, err := Compile(guardrail.Guardrail{ID: "abc123abc123", Config: config}, factories)
	if err != nil {
		b.Fatal(err)
	}
	e := NewEvaluator(EvaluatorConfig{})
	for name, text := range map[string]string{"english": english, "korean": korean, "short": english[:100]} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := e.Apply(b.Context(), c, Request{Source: guardrail.Input, Blocks: []Block{{Text: text}}}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// BenchmarkLoadGuardModel is what the model adds to the start of a server.
func BenchmarkLoadGuardModel(b *testing.B) {
	for b.Loop() {
		under, _ := shipped(b, 1)
		under.Close()
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.HeapInuse)/(1<<20), "heap-MiB")
}
