package openai

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// reserved are the fields that a caller's own may not replace, since they decide what is called and how the answer is read.
var reserved = []string{"model", "messages", "stream", "stream_options", "n"}

type message struct {
	Role       string     `json:"role"`
	Content    any        `json:"content,omitempty"` // string or []part
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"`
}

type part struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	ImageURL *imageURL `json:"image_url,omitempty"`
}

type imageURL struct {
	URL string `json:"url"`
}

type toolCall struct {
	Index    int          `json:"index,omitempty"`
	ID       string       `json:"id,omitempty"`
	Type     string       `json:"type,omitempty"`
	Function functionCall `json:"function"`
}

type functionCall struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments"`
}

// body writes the request.
func (p *Provider) body(r model.Request, stream bool) ([]byte, error) {
	fields := maps.Clone(r.Extra)
	if fields == nil {
		fields = map[string]any{}
	}
	for _, name := range reserved {
		if _, taken := fields[name]; taken {
			return nil, fault.New(fault.Invalid, "The additional model request field %q is not allowed.", name)
		}
	}
	messages, err := conversation(r)
	if err != nil {
		return nil, err
	}
	fields["model"], fields["messages"], fields["stream"] = p.config.Model, messages, stream
	if stream {
		fields["stream_options"] = map[string]bool{"include_usage": true}
	}
	if r.Inference.MaxTokens != nil {
		fields["max_tokens"] = *r.Inference.MaxTokens
	}
	if r.Inference.Temperature != nil {
		fields["temperature"] = *r.Inference.Temperature
	}
	if r.Inference.TopP != nil {
		fields["top_p"] = *r.Inference.TopP
	}
	if len(r.Inference.Stop) > 0 {
		fields["stop"] = r.Inference.Stop
	}
	if len(r.Tools) > 0 {
		fields["tools"], fields["tool_choice"] = tools(r.Tools), choice(r.ToolChoice)
	}
	return json.Marshal(fields)
}

func tools(all []model.Tool) []any {
	var out []any
	for _, t := range all {
		function := map[string]any{"name": t.Name, "parameters": t.Schema}
		if t.Description != "" {
			function["description"] = t.Description
		}
		out = append(out, map[string]any{"type": "function", "function": function})
	}
	return out
}

func choice(c model.ToolChoice) any {
	switch {
	case c.Name != "":
		return map[string]any{"type": "function", "function": map[string]string{"name": c.Name}}
	case c.Any:
		return "required"
	case c.None:
		return "none"
	default:
		return "auto"
	}
}

// conversation writes the messages. Texts that stand beside each other become one without anything between them: that is how guardrails
// have judged them.
func conversation(r model.Request) ([]message, error) {
	var out []message
	if len(r.System) > 0 {
		content, err := content(r.System)
		if err != nil {
			return nil, err
		}
		out = append(out, message{Role: "system", Content: content})
	}
	for _, m := range r.Messages {
		next := message{Role: string(m.Role)}
		var rest []model.Block
		for _, b := range m.Content {
			switch {
			case b.ToolUse != nil:
				arguments, err := json.Marshal(b.ToolUse.Input)
				if err != nil {
					return nil, fmt.Errorf("encode tool input: %w", err)
				}
				next.ToolCalls = append(next.ToolCalls, toolCall{ID: b.ToolUse.ID, Type: "function", Function: functionCall{b.ToolUse.Name, string(arguments)}})
			case b.ToolResult != nil:
				content, err := content(b.ToolResult.Content)
				if err != nil {
					return nil, err
				}
				if content == nil {
					content = "" // a tool may answer nothing, but its answer has to be there
				}
				out = append(out, message{Role: "tool", ToolCallID: b.ToolResult.ID, Content: content})
			default:
				rest = append(rest, b)
			}
		}
		var err error
		if next.Content, err = content(rest); err != nil {
			return nil, err
		}
		if next.Content != nil || len(next.ToolCalls) > 0 {
			out = append(out, next)
		}
	}
	return out, nil
}

// content gives a string for texts alone, parts where there are images, and nil for nothing.
func content(blocks []model.Block) (any, error) {
	var text strings.Builder
	var parts []part
	images := false
	for _, b := range blocks {
		switch {
		case b.Image != nil:
			images = true
			data := "data:image/" + b.Image.Format + ";base64," + base64.StdEncoding.EncodeToString(b.Image.Bytes)
			parts = append(parts, part{Type: "image_url", ImageURL: &imageURL{data}})
		case b.IsText():
			text.WriteString(b.Text)
			if n := len(parts); n > 0 && parts[n-1].Type == "text" {
				parts[n-1].Text += b.Text
			} else {
				parts = append(parts, part{Type: "text", Text: b.Text})
			}
		default:
			return nil, fault.New(fault.Invalid, "A tool use or tool result stands where the model takes texts and images only.")
		}
	}
	switch {
	case len(parts) == 0:
		return nil, nil
	case images:
		return parts, nil
	default:
		return text.String(), nil
	}
}
