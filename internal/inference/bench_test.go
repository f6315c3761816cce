package inference_test

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/model"
)

// BenchmarkStream streams an answer of 1 kB in pieces of 4 bytes behind words and personal data.
func BenchmarkStream(b *testing.B) {
	p := &script{}
	text := strings.Repeat("We are open from nine to five on every day of the week but Sunday. ", 16)[:1024]
	for i := 0; i < len(text); i += 4 {
		p.deltas = append(p.deltas, model.Delta{Text: text[i : i+4]})
	}
	c := masking("EMAIL", "PHONE", "NAME", "ADDRESS", "CREDIT_DEBIT_CARD_NUMBER", "US_SOCIAL_SECURITY_NUMBER", "AWS_ACCESS_KEY")
	c.Words = words("Bluewhale", "Project Red").Words
	c.Words.Managed = []guardrail.ManagedList{{Type: guardrail.Profanity}}
	s := setup(b, p, nil, map[string]guardrail.Config{"g": c})
	for _, guarded := range []bool{false, true} {
		r := ask("When are you open?")
		name := "words and personal data"
		if !guarded {
			r.Guardrail, name = nil, "none"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.asked = p.asked[:0]
				if _, err := s.Stream(b.Context(), r, func(model.Delta) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
