package inference_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	"merlon.dev/merlon/internal/model"
)

// violations are what the guardrail of the split proof does not let out: configured words, profanity, personal data that blocks and
// personal data that is masked, in plain and in disguise.
var violations = []string{
	"Bluewhale", "BLUEWHALE", "b l u e w h a l e", "Blue\u200bwhale", "Ｂｌｕｅｗｈａｌｅ", "Project Red", "project  red", "PROJECT\u00a0RED",
	"극비", "극비를", "機密 文書", "operation midnight sun", "Operation Midnight Sun!", "oper\u00adation midnight sun",
	"fuck", "shit", "bullshit",
	"AKIAIOSFODNN7EXAMPLE", "SSN 123-45-6789", "my SSN is 123-45-6789.", "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432",
	"4111 1111 1111 1111", "4111-1111-1111-1111", "card 4111111111111111", "3782 822463 10005",
	"dana@example.com", "write to dana.scully+x@mail.example.co.uk", "+1 206-555-0100", "call (206) 555-0100 now",
	"https://example.com/secret?x=1", "www.example.com", "192.168.10.20", "00:1B:44:11:3A:B7", "TKT-004182", "TKT-999999!",
	"1M8GDM9AXKP042788", "021000021 routing number", "VIN 1M8GDM9AXKP042788", "ticket TKT-123456 and dana@example.com",
}

func proofConfig() guardrail.Config {
	c := masking("CREDIT_DEBIT_CARD_NUMBER", "EMAIL", "PHONE", "URL", "IP_ADDRESS", "MAC_ADDRESS", "VEHICLE_IDENTIFICATION_NUMBER")
	block := guardrail.Gates{Output: guardrail.Gate{Action: guardrail.Block, Enabled: guardrail.On}}
	for _, e := range []string{"AWS_ACCESS_KEY", "US_SOCIAL_SECURITY_NUMBER", "INTERNATIONAL_BANK_ACCOUNT_NUMBER", "US_BANK_ROUTING_NUMBER"} {
		c.Sensitive.Entities = append(c.Sensitive.Entities, guardrail.PIIEntity{Type: e, Action: guardrail.Block, Gates: block})
	}
	c.Sensitive.Regexes = []guardrail.Regex{{Name: "Ticket", Pattern: `\bTKT-[0-9]{6}\b`, Action: guardrail.Anonymize}}
	c.Words = words("Bluewhale", "Project Red", "극비", "機密 文書", "operation midnight sun").Words
	c.Words.Managed = []guardrail.ManagedList{{Type: guardrail.Profanity}}
	return c
}

// TestSplitProof streams every violation cut in two at every character, into two deltas and into two blocks, at the start, deep inside and
// at the end of an answer. The verdict is that of the whole, and not one byte of a violation comes out.
func TestSplitProof(t *testing.T) {
	t.Parallel()
	const filler = "We are open from nine to five on every day of the week but Sunday. "
	streams, blocked, masked := 0, 0, 0
	for _, violation := range violations {
		for _, around := range [][2]string{{"", ""}, {strings.Repeat(filler, 7), " " + filler}, {strings.Repeat(filler, 3) + "So: ", " " + strings.Repeat(filler, 9)}} {
			text := around[0] + violation + around[1]
			p := &script{deltas: []model.Delta{{Text: text}}}
			s := setup(t, p, nil, map[string]guardrail.Config{"g": proofConfig()})
			whole, err := s.Generate(t.Context(), ask("hi"))
			if err != nil || !whole.Intervened {
				t.Fatalf("%q is no violation: %v", violation, err)
			}
			for at := range violation {
				if !utf8.ValidString(violation[:at]) {
					continue
				}
				here := len(around[0]) + at
				for _, block := range []int{0, 1} {
					p.deltas = append(pieces(text[:here], 0), pieces(text[here:], block)...)
					out, got := collect(t, s, ask("hi"))
					streams++
					if got.Blocked != whole.Blocked || got.Report.Decision != whole.Report.Decision {
						t.Errorf("%q at %d, block %d: %v, the whole is %v", violation, at, block, got.Report.Decision, whole.Report.Decision)
					}
					if !got.Blocked {
						masked++
						if out != whole.Content[0].Text {
							t.Errorf("%q at %d, block %d: out %q, whole %q", violation, at, block, out, whole.Content[0].Text)
						}
						continue
					}
					blocked++
					released, ok := strings.CutSuffix(out, "blocked output by g")
					if !ok || !strings.HasPrefix(around[0], released) {
						t.Errorf("%q at %d, block %d: out %q", violation, at, block, out)
					}
				}
			}
		}
	}
	t.Logf("%d violations, %d streams: %d blocked, %d masked", len(violations), streams, blocked, masked)
	if len(violations) < 40 || streams < 2000 || blocked == 0 || masked == 0 {
		t.Errorf("only %d violations and %d streams", len(violations), streams)
	}
}

// pieces cuts a text into deltas of about 40 bytes.
func pieces(text string, block int) (out []model.Delta) {
	for len(text) > 0 {
		n := min(40, len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n++
		}
		out = append(out, model.Delta{Block: block, Text: text[:n]})
		text = text[n:]
	}
	return out
}

// TestSplitPrompt cuts every violation in two at every character, over two blocks and over two messages of the prompt.
func TestSplitPrompt(t *testing.T) {
	t.Parallel()
	c := proofConfig()
	for i := range c.Sensitive.Entities {
		c.Sensitive.Entities[i].Gates.Input = c.Sensitive.Entities[i].Gates.Output
	}
	c.Sensitive.Regexes[0].Gates.Input = guardrail.Gate{Action: guardrail.Anonymize, Enabled: guardrail.On}
	p := says("fine")
	s := setup(t, p, nil, map[string]guardrail.Config{"g": c})
	prompts := 0
	for _, violation := range violations {
		whole, err := s.Generate(t.Context(), ask(violation))
		if err != nil || whole.Report.Decision == evaluate.DecisionPassed {
			t.Fatalf("%q is no violation: %v", violation, err)
		}
		for at := range violation {
			if at == 0 {
				continue
			}
			blocks := ask("")
			blocks.Messages[0].Content = []model.Block{{Text: violation[:at]}, {Text: violation[at:]}}
			inMessages, err := s.Generate(t.Context(), ask(violation[:at], violation[at:]))
			if err != nil || inMessages.Report.Decision != whole.Report.Decision {
				t.Errorf("%q at %d: messages %v, whole %v, %v", violation, at, inMessages.Report.Decision, whole.Report.Decision, err)
			}
			inBlocks, err := s.Generate(t.Context(), blocks)
			if err != nil || inBlocks.Report.Decision != whole.Report.Decision {
				t.Errorf("%q at %d: blocks %v, whole %v, %v", violation, at, inBlocks.Report.Decision, whole.Report.Decision, err)
			}
			prompts += 2
		}
	}
	t.Logf("%d prompts", prompts)
}
