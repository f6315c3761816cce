package bedrockruntime

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// render writes blocks back as the text that they were read from.
func render(blocks []model.Block, suffix string) string {
	var out strings.Builder
	for _, b := range blocks {
		name := ""
		switch {
		case b.Guard == nil:
			out.WriteString(b.Text)
			continue
		case b.Guard.GuardContent:
			name = "guardContent"
		case b.Guard.GroundingSource:
			name = "groundingSource"
		case b.Guard.Query:
			name = "query"
		}
		tag := "amazon-bedrock-guardrails-" + name + "_" + suffix + ">"
		out.WriteString("<" + tag + b.Text + "</" + tag)
	}
	return out.String()
}

func FuzzTagsReadBack(f *testing.F) {
	const open, end = "<amazon-bedrock-guardrails-guardContent_x>", "</amazon-bedrock-guardrails-guardContent_x>"
	for _, seed := range []string{
		"", "plain", open + "a" + end, "b" + open + "a" + end + "c", open + end, open, end, open + open + end + end,
		strings.ReplaceAll(open+"a"+end, "_x", "_y"), strings.ReplaceAll("q"+open+"a"+end, "guardContent", "query") + open + "b" + end,
		"<amazon-bedrock-guardrails-" + open + "a" + end,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		blocks, err := tagText(text, "x")
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if got := render(blocks, "x"); got != text {
			t.Errorf("%q is read back as %q", text, got)
		}
	})
}
