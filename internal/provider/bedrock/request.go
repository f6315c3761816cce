package bedrock

import (
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// request is what Converse and CountTokens take, as far as conversations need it. It has no guardrailConfig on purpose.
type request struct {
	Messages   []turn         `json:"messages"`
	System     []block        `json:"system,omitempty"`
	Inference  *inference     `json:"inferenceConfig,omitempty"`
	Tools      *tools         `json:"toolConfig,omitempty"`
	Extra      map[string]any `json:"additionalModelRequestFields,omitempty"`
	ExtraPaths []string       `json:"additionalModelResponseFieldPaths,omitempty"`
}

type turn struct {
	Role    string  `json:"role"`
	Content []block `json:"content"`
}

// block has exactly one member.
type block struct {
	Text       *string     `json:"text,omitempty"`
	Image      *image      `json:"image,omitempty"`
	ToolUse    *toolUse    `json:"toolUse,omitempty"`
	ToolResult *toolResult `json:"toolResult,omitempty"`
}

type image struct {
	Format string `json:"format"`
	Source struct {
		Bytes []byte `json:"bytes"`
	} `json:"source"`
}

type toolUse struct {
	ID    string `json:"toolUseId"`
	Name  string `json:"name"`
	Input any    `json:"input"`
}

type toolResult struct {
	ID      string  `json:"toolUseId"`
	Content []block `json:"content"`
	Status  string  `json:"status,omitempty"`
}

type inference struct {
	MaxTokens   *int     `json:"maxTokens,omitempty"`
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"topP,omitempty"`
	Stop        []string `json:"stopSequences,omitempty"`
}

type tools struct {
	Tools  []any `json:"tools"`
	Choice any   `json:"toolChoice,omitempty"`
}

// stopPath is where models of Anthropic tell which stop sequence it was. Others pass over it.
const stopPath = "/stop_sequence"

// converse writes a conversation. Neighbouring messages of one role become one, since turns have to alternate there.
func converse(r model.Request) (request, error) {
	out := request{Messages: []turn{}, Extra: r.Extra}
	var err error
	if out.System, err = content(r.System, false); err != nil {
		return out, err
	}
	used := false
	for _, m := range r.Messages {
		blocks, err := content(m.Content, true)
		if err != nil {
			return out, err
		}
		for _, b := range blocks {
			used = used || b.ToolUse != nil || b.ToolResult != nil
		}
		if n := len(out.Messages); n > 0 && out.Messages[n-1].Role == string(m.Role) {
			out.Messages[n-1].Content = append(out.Messages[n-1].Content, blocks...)
		} else if len(blocks) > 0 {
			out.Messages = append(out.Messages, turn{string(m.Role), blocks})
		}
	}
	out.Tools, err = offered(r, used)
	return out, err
}

// sampled adds what an answer is made by.
func (r *request) sampled(i model.Inference) {
	if i.MaxTokens != nil || i.Temperature != nil || i.TopP != nil || len(i.Stop) > 0 {
		r.Inference = &inference{i.MaxTokens, i.Temperature, i.TopP, i.Stop}
	}
	if len(i.Stop) > 0 {
		r.ExtraPaths = []string{stopPath}
	}
}

// content writes blocks. Texts that stand beside each other become one without anything between them: that is how guardrails have judged
// them. Tools have their place in messages alone.
func content(blocks []model.Block, inMessage bool) ([]block, error) {
	var out []block
	for _, b := range blocks {
		switch {
		case b.Image != nil:
			i := &image{Format: b.Image.Format}
			i.Source.Bytes = b.Image.Bytes
			out = append(out, block{Image: i})
		case b.IsText():
			if n := len(out); n > 0 && out[n-1].Text != nil {
				*out[n-1].Text += b.Text
			} else if b.Text != "" { // which is refused there, and says nothing
				out = append(out, block{Text: new(b.Text)})
			}
		case !inMessage:
			return nil, fault.New(fault.Invalid, "A tool use or tool result stands where the model takes texts and images only.")
		case b.ToolUse != nil:
			use := toolUse(*b.ToolUse)
			if use.Input == nil {
				use.Input = map[string]any{}
			}
			out = append(out, block{ToolUse: &use})
		default:
			inside, err := content(b.ToolResult.Content, false)
			if err != nil {
				return nil, err
			}
			if inside == nil {
				inside = []block{} // a tool may answer nothing, but its answer has to be there
			}
			result := &toolResult{ID: b.ToolResult.ID, Content: inside}
			if b.ToolResult.Failed {
				result.Status = "error"
			}
			out = append(out, block{ToolResult: result})
		}
	}
	return out, nil
}

// offered writes the tools. Converse has no way to forbid their use but to name none, and it wants them named once they were used.
func offered(r model.Request, used bool) (*tools, error) {
	if len(r.Tools) == 0 {
		return nil, nil
	}
	if r.ToolChoice.None {
		if used {
			return nil, fault.New(fault.Invalid, "The model does not support the tool choice none in a conversation in which tools were used.")
		}
		return nil, nil
	}
	out := &tools{}
	for _, t := range r.Tools {
		schema := t.Schema
		if schema == nil {
			schema = map[string]any{"type": "object", "properties": map[string]any{}}
		}
		spec := map[string]any{"name": t.Name, "inputSchema": map[string]any{"json": schema}}
		if t.Description != "" {
			spec["description"] = t.Description
		}
		out.Tools = append(out.Tools, map[string]any{"toolSpec": spec})
	}
	switch c := r.ToolChoice; {
	case c.Name != "":
		out.Choice = map[string]any{"tool": map[string]string{"name": c.Name}}
	case c.Any:
		out.Choice = map[string]any{"any": struct{}{}}
	}
	return out, nil
}
