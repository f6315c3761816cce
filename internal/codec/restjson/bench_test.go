package restjson_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

func applyBody(size int) []byte {
	text := strings.Repeat("the quick brown fox jumps ", size/26+1)[:size]
	return []byte(`{"source":"INPUT","content":[{"text":{"text":"` + text + `"}}]}`)
}

func koreanBody(size int) []byte {
	text := strings.Repeat(`\uad00\ub9ac\uc790 `, size/19+1)
	return []byte(`{"source":"INPUT","content":[{"text":{"text":"` + text + `"}}]}`)
}

func createBody(words int) []byte {
	var b strings.Builder
	b.WriteString(`{"name":"words","blockedInputMessaging":"no","blockedOutputsMessaging":"no","wordPolicyConfig":{"wordsConfig":[`)
	for i := range words {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"text":"forbidden word %d","inputAction":"BLOCK","inputEnabled":true}`, i)
	}
	b.WriteString(`]}}`)
	return []byte(b.String())
}

func benchmarkDecode(b *testing.B, op *codec.Operation, labels []string, body []byte) {
	r := httptest.NewRequest(op.Method, "/", nil)
	r.Header.Set("Content-Type", "application/json")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if err := (restjson.Protocol{}).DecodeRequest(op, r, labels, body, op.NewInput()); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkCheck(b *testing.B, op *codec.Operation, labels []string, body []byte) {
	in := op.NewInput()
	r := httptest.NewRequest(op.Method, "/", nil)
	if err := (restjson.Protocol{}).DecodeRequest(op, r, labels, body, in); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := codec.Check(in); err != nil {
			b.Fatal(err)
		}
	}
}

var applyLabels = []string{"abcdefghij12", "DRAFT"}

func BenchmarkDecode(b *testing.B) {
	b.Run("ApplyGuardrail1kB", func(b *testing.B) { benchmarkDecode(b, bedrockruntime.ApplyGuardrail, applyLabels, applyBody(1000)) })
	b.Run("ApplyGuardrail25kB", func(b *testing.B) {
		benchmarkDecode(b, bedrockruntime.ApplyGuardrail, applyLabels, applyBody(25000))
	})
	b.Run("ApplyGuardrailKoreanEscaped25kB", func(b *testing.B) {
		benchmarkDecode(b, bedrockruntime.ApplyGuardrail, applyLabels, koreanBody(25000))
	})
	b.Run("CreateGuardrail10000words", func(b *testing.B) { benchmarkDecode(b, bedrock.CreateGuardrail, nil, createBody(10000)) })
}

func BenchmarkCheck(b *testing.B) {
	b.Run("ApplyGuardrail1kB", func(b *testing.B) { benchmarkCheck(b, bedrockruntime.ApplyGuardrail, applyLabels, applyBody(1000)) })
	b.Run("CreateGuardrail10000words", func(b *testing.B) { benchmarkCheck(b, bedrock.CreateGuardrail, nil, createBody(10000)) })
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func BenchmarkEncode(b *testing.B) {
	answer := func(size int) *bedrockruntime.ApplyGuardrailResponse {
		return &bedrockruntime.ApplyGuardrailResponse{
			Action:  new(bedrockruntime.GuardrailActionGuardrailIntervened),
			Usage:   &bedrockruntime.GuardrailUsage{TopicPolicyUnits: new(int32(1)), ContentPolicyUnits: new(int32(1))},
			Outputs: []bedrockruntime.GuardrailOutputContent{{Text: new(strings.Repeat("masked text of ", size/15))}},
			Assessments: []bedrockruntime.GuardrailAssessment{{ContentPolicy: &bedrockruntime.GuardrailContentPolicyAssessment{
				Filters: []bedrockruntime.GuardrailContentFilter{{
					Type:       new(bedrockruntime.GuardrailContentFilterTypeHate),
					Confidence: new(bedrockruntime.GuardrailContentFilterConfidenceHigh),
					Action:     new(bedrockruntime.GuardrailContentPolicyActionBlocked),
				}},
			}}},
		}
	}
	for _, size := range []int{1000, 25000} {
		b.Run(fmt.Sprintf("ApplyGuardrail%dkB", size/1000), func(b *testing.B) {
			out := answer(size)
			w := &discard{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				if err := (restjson.Protocol{}).EncodeResponse(w, bedrockruntime.ApplyGuardrail, out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
