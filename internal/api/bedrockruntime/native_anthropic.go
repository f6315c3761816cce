package bedrockruntime

import (
	"encoding/json"

	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/model"
)

// anthropic is the Messages form.
type anthropic struct{}

type anthropicRequest struct {
	Version       string             `json:"anthropic_version"`
	Beta          json.RawMessage    `json:"anthropic_beta"`
	MaxTokens     *int               `json:"max_tokens"`
	System        anthropicContent   `json:"system"`
	Messages      []anthropicMessage `json:"messages"`
	Temperature   *float64           `json:"temperature"`
	TopP          *float64           `json:"top_p"`
	TopK          *json.Number       `json:"top_k"`
	StopSequences []string           `json:"stop_sequences"`
	Metadata      json.RawMessage    `json:"metadata"` // about the caller's users, for the provider alone
	Tools         []struct {
		Type         string          `json:"type"`
		Name         string          `json:"name"`
		Description  string          `json:"description"`
		Schema       any             `json:"input_schema"`
		CacheControl json.RawMessage `json:"cache_control"`
	} `json:"tools"`
	ToolChoice struct {
		Type     string          `json:"type"`
		Name     string          `json:"name"`
		Parallel json.RawMessage `json:"disable_parallel_tool_use"`
	} `json:"tool_choice"`
}

type anthropicMessage struct {
	Role    string           `json:"role"`
	Content anthropicContent `json:"content"`
}

// anthropicContent is a string or a list of blocks.
type anthropicContent []anthropicBlock

type anthropicBlock struct {
	Type         string          `json:"type"`
	Text         string          `json:"text"`
	CacheControl json.RawMessage `json:"cache_control"`
	Source       struct {
		Type      string `json:"type"`
		MediaType string `json:"media_type"`
		Data      []byte `json:"data"`
	} `json:"source"`
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Input     any              `json:"input"`
	ToolUseID string           `json:"tool_use_id"`
	Content   anthropicContent `json:"content"`
	IsError   bool             `json:"is_error"`
}

func (c *anthropicContent) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*c = anthropicContent{{Type: "text", Text: text}}
		return nil
	}
	return decodeNative(data, (*[]anthropicBlock)(c))
}

func (anthropic) read(body []byte) (r model.Request, err error) {
	var in anthropicRequest
	if err := decodeNative(body, &in); err != nil {
		return r, err
	}
	if in.MaxTokens == nil {
		return r, malformedInput("max_tokens: field required")
	}
	if len(in.Messages) == 0 {
		return r, malformedInput("messages: at least one message is required")
	}
	if r.System, err = in.System.blocks(); err != nil {
		return r, err
	}
	for _, m := range in.Messages {
		if m.Role != "user" && m.Role != "assistant" {
			return r, malformedInput("messages: a role is user or assistant")
		}
		blocks, err := m.Content.blocks()
		if err != nil {
			return r, err
		}
		r.Messages = append(r.Messages, model.Message{Role: model.Role(m.Role), Content: blocks})
	}
	r.Inference = model.Inference{MaxTokens: in.MaxTokens, Temperature: in.Temperature, TopP: in.TopP, Stop: in.StopSequences}
	r.Extra = topK(in.TopK)
	for _, t := range in.Tools {
		if t.Type != "" && t.Type != "custom" {
			return r, unsupported("tools of the type " + t.Type)
		}
		r.Tools = append(r.Tools, model.Tool{Name: t.Name, Description: t.Description, Schema: t.Schema})
	}
	r.ToolChoice = model.ToolChoice{Any: in.ToolChoice.Type == "any", None: in.ToolChoice.Type == "none", Name: in.ToolChoice.Name}
	return r, nil
}

func (c anthropicContent) blocks() ([]model.Block, error) {
	var out []model.Block
	for _, b := range c {
		switch b.Type {
		case "text":
			out = append(out, model.Block{Text: b.Text})
		case "image":
			if b.Source.Type != "base64" || len(b.Source.MediaType) < len("image/x") {
				return nil, unsupported("images outside of the request")
			}
			out = append(out, model.Block{Image: &model.Image{Format: b.Source.MediaType[len("image/"):], Bytes: b.Source.Data}})
		case "tool_use":
			out = append(out, model.Block{ToolUse: &model.ToolUse{ID: b.ID, Name: b.Name, Input: b.Input}})
		case "tool_result":
			content, err := b.Content.blocks()
			if err != nil {
				return nil, err
			}
			out = append(out, model.Block{ToolResult: &model.ToolResult{ID: b.ToolUseID, Content: content, Failed: b.IsError}})
		default:
			return nil, unsupported("content other than text, images and tools")
		}
	}
	return out, nil
}

var anthropicStops = map[model.StopReason]string{
	model.EndTurn: "end_turn", model.StopForTool: "tool_use", model.StopForTokens: "max_tokens", model.StopAtSequence: "stop_sequence",
	model.ContentFiltered: "refusal",
}

func sequence(e model.End) any {
	if e.StopSequence == "" {
		return nil
	}
	return e.StopSequence
}

func (anthropic) whole(a nativeAnswer) any {
	content := []any{}
	for _, b := range a.content {
		if b.ToolUse != nil {
			content = append(content, map[string]any{"type": "tool_use", "id": b.ToolUse.ID, "name": b.ToolUse.Name, "input": b.ToolUse.Input})
		} else {
			content = append(content, map[string]any{"type": "text", "text": b.Text})
		}
	}
	return map[string]any{
		"id": "msg_" + ident.Lower(24), "type": "message", "role": "assistant", "model": a.model, "content": content,
		"stop_reason": a.stop(anthropicStops), "stop_sequence": sequence(a.end),
		"usage": map[string]int{"input_tokens": a.end.Usage.InputTokens, "output_tokens": a.end.Usage.OutputTokens},
	}
}

func (anthropic) stream() nativeStream { return &anthropicStream{} }

type anthropicStream struct {
	begun, open bool
	block       int
}

func (s *anthropicStream) begin() []any {
	if s.begun {
		return nil
	}
	s.begun = true
	return []any{map[string]any{"type": "message_start", "message": map[string]any{
		"id": "msg_" + ident.Lower(24), "type": "message", "role": "assistant", "content": []any{}, "stop_reason": nil, "stop_sequence": nil,
		"usage": map[string]int{"input_tokens": 0, "output_tokens": 0},
	}}}
}

func (s *anthropicStream) delta(d model.Delta) []any {
	out := s.begin()
	if s.open && s.block != d.Block {
		out = append(out, s.stop())
	}
	if !s.open {
		s.open, s.block = true, d.Block
		start := map[string]any{"type": "text", "text": ""}
		if d.Tool != nil {
			start = map[string]any{"type": "tool_use", "id": d.Tool.ID, "name": d.Tool.Name, "input": map[string]any{}}
		}
		out = append(out, map[string]any{"type": "content_block_start", "index": d.Block, "content_block": start})
	}
	delta := map[string]any{"type": "text_delta", "text": d.Text}
	if d.Tool != nil {
		delta = map[string]any{"type": "input_json_delta", "partial_json": d.Tool.Input}
	}
	return append(out, map[string]any{"type": "content_block_delta", "index": d.Block, "delta": delta})
}

func (s *anthropicStream) stop() any {
	s.open = false
	return map[string]any{"type": "content_block_stop", "index": s.block}
}

func (s *anthropicStream) last(a nativeAnswer) []any {
	out := s.begin()
	if s.open {
		out = append(out, s.stop())
	}
	return append(out,
		map[string]any{
			"type": "message_delta", "delta": map[string]any{"stop_reason": a.stop(anthropicStops), "stop_sequence": sequence(a.end)},
			"usage": map[string]int{"output_tokens": a.end.Usage.OutputTokens},
		},
		map[string]any{"type": "message_stop", "amazon-bedrock-invocationMetrics": map[string]any{
			"inputTokenCount": a.end.Usage.InputTokens, "outputTokenCount": a.end.Usage.OutputTokens, "invocationLatency": a.latency.Milliseconds(),
		}})
}
