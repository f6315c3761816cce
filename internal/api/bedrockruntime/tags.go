package bedrockruntime

import (
	"encoding/json"
	"regexp"
	"strings"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// guardField is the member of a native body that configures the guardrail; no model sees it.
const guardField = "amazon-bedrock-guardrailConfig"

// bodyGuard is what that member says.
type bodyGuard struct {
	TagSuffix            *string `json:"tagSuffix"`
	StreamProcessingMode string  `json:"streamProcessingMode"`
}

var suffixForm = regexp.MustCompile(`^[a-zA-Z0-9]{1,20}$`)

// takeGuard takes the guardrail's member out of a native body.
func takeGuard(fields map[string]json.RawMessage) (*bodyGuard, error) {
	raw, ok := fields[guardField]
	if !ok {
		return nil, nil
	}
	delete(fields, guardField)
	var g bodyGuard
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, fault.New(fault.Invalid, "The field %s is malformed.", guardField)
	}
	if g.TagSuffix != nil && !suffixForm.MatchString(*g.TagSuffix) {
		return nil, fault.New(fault.Invalid, "The tagSuffix of %s is not 1 to 20 letters and digits.", guardField)
	}
	switch strings.ToUpper(g.StreamProcessingMode) {
	case "", "SYNCHRONOUS", "ASYNCHRONOUS":
	default:
		return nil, fault.New(fault.Invalid, "The streamProcessingMode of %s is not SYNCHRONOUS or ASYNCHRONOUS.", guardField)
	}
	return &g, nil
}

// applyTags turns the input tags of a prompt into marks. The tags themselves do not reach the model; tags of another suffix are text.
func applyTags(r *model.Request, suffix string) (err error) {
	if r.System, err = tagBlocks(r.System, suffix); err != nil {
		return err
	}
	for i := range r.Messages {
		if r.Messages[i].Content, err = tagBlocks(r.Messages[i].Content, suffix); err != nil {
			return err
		}
	}
	return nil
}

func tagBlocks(blocks []model.Block, suffix string) ([]model.Block, error) {
	var out []model.Block
	for _, b := range blocks {
		switch {
		case b.ToolResult != nil:
			content, err := tagBlocks(b.ToolResult.Content, suffix)
			if err != nil {
				return nil, err
			}
			result := *b.ToolResult
			result.Content = content
			out = append(out, model.Block{ToolResult: &result})
		case b.IsText():
			pieces, err := tagText(b.Text, suffix)
			if err != nil {
				return nil, err
			}
			out = append(out, pieces...)
		default:
			out = append(out, b)
		}
	}
	return out, nil
}

// tagText splits a text at its tags.
func tagText(text, suffix string) ([]model.Block, error) {
	const frame = "<amazon-bedrock-guardrails-"
	marks := map[string]model.Guard{"guardContent": {GuardContent: true}, "groundingSource": {GroundingSource: true}, "query": {Query: true}}
	var out []model.Block
	plain := 0 // start of the text that is not written yet
	for at := 0; ; {
		i := strings.Index(text[at:], frame)
		if i < 0 {
			break
		}
		start := at + i
		name, mark, tag := "", model.Guard{}, ""
		for name, mark = range marks {
			if tag = frame + name + "_" + suffix + ">"; strings.HasPrefix(text[start:], tag) {
				break
			}
			tag = ""
		}
		if tag == "" {
			at = start + len(frame)
			continue
		}
		end := "</" + tag[1:]
		inside := text[start+len(tag):]
		n := strings.Index(inside, end)
		if n < 0 {
			return nil, fault.New(fault.Invalid, "An input tag for guardrails is not closed.")
		}
		for other := range marks {
			if strings.Contains(inside[:n], frame+other+"_"+suffix+">") {
				return nil, fault.New(fault.Invalid, "Input tags for guardrails cannot be nested.")
			}
		}
		if start > plain {
			out = append(out, model.Block{Text: text[plain:start]})
		}
		out = append(out, model.Block{Text: inside[:n], Guard: &mark})
		at = start + len(tag) + n + len(end)
		plain = at
	}
	if plain < len(text) || len(out) == 0 {
		out = append(out, model.Block{Text: text[plain:]})
	}
	return out, nil
}
