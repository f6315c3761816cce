package bedrockruntime

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/model"
)

// chat is the form of OpenAI's chat completions. Members that are not mapped go to the model as they are: where it is called the same
// form is spoken.
type chat struct{}

type chatMessage struct {
	Role       string          `json:"role"`
	Content    json.RawMessage `json:"content"` // a string, a list of parts or null
	Name       string          `json:"name"`
	ToolCallID string          `json:"tool_call_id"`
	ToolCalls  []struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

type chatTool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Parameters  any    `json:"parameters"`
		Strict      *bool  `json:"strict"`
	} `json:"function"`
}

// chatMapped are the members that read maps; model and stream are said by the operation.
var chatMapped = []string{"messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "tools", "tool_choice", "model", "stream", "stream_options"}

func (chat) read(body []byte) (r model.Request, err error) {
	var in struct {
		Messages    []json.RawMessage `json:"messages"`
		MaxTokens   *int              `json:"max_tokens"`
		MaxNew      *int              `json:"max_completion_tokens"`
		Temperature *float64          `json:"temperature"`
		TopP        *float64          `json:"top_p"`
		Stop        json.RawMessage   `json:"stop"`
		Tools       []json.RawMessage `json:"tools"`
		ToolChoice  json.RawMessage   `json:"tool_choice"`
	}
	if json.Unmarshal(body, &in) != nil {
		return r, malformedInput("it does not have the form that the model takes")
	}
	for _, raw := range in.Messages {
		if err := chatTurn(&r, raw); err != nil {
			return r, err
		}
	}
	if len(r.Messages) == 0 {
		return r, malformedInput("messages: at least one message is required")
	}
	r.Inference = model.Inference{MaxTokens: in.MaxTokens, Temperature: in.Temperature, TopP: in.TopP}
	if in.MaxNew != nil {
		r.Inference.MaxTokens = in.MaxNew
	}
	if r.Inference.Stop, err = oneOrMore(in.Stop); err != nil {
		return r, err
	}
	for _, raw := range in.Tools {
		var t chatTool
		if err := decodeNative(raw, &t); err != nil {
			return r, err
		}
		r.Tools = append(r.Tools, model.Tool{Name: t.Function.Name, Description: t.Function.Description, Schema: t.Function.Parameters})
	}
	if r.ToolChoice, err = chatChoice(in.ToolChoice); err != nil {
		return r, err
	}
	var all map[string]any
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return r, malformedInput("it is no JSON object")
	}
	for name, value := range all {
		if !slices.Contains(chatMapped, name) {
			if r.Extra == nil {
				r.Extra = map[string]any{}
			}
			r.Extra[name] = value
		}
	}
	return r, nil
}

// chatTurn adds one message. A tool's answer belongs to a user's turn, as it does in Converse.
func chatTurn(r *model.Request, raw json.RawMessage) error {
	var m chatMessage
	if err := decodeNative(raw, &m); err != nil {
		return err
	}
	content, err := chatContent(m.Content)
	if err != nil {
		return err
	}
	switch m.Role {
	case "system", "developer":
		r.System = append(r.System, content...)
	case "user":
		r.Messages = append(r.Messages, model.Message{Role: model.User, Content: content})
	case "tool":
		r.Messages = append(r.Messages, model.Message{Role: model.User, Content: []model.Block{{ToolResult: &model.ToolResult{ID: m.ToolCallID, Content: content}}}})
	case "assistant":
		for _, c := range m.ToolCalls {
			use := &model.ToolUse{ID: c.ID, Name: c.Function.Name, Input: map[string]any{}}
			if c.Function.Arguments != "" && json.Unmarshal([]byte(c.Function.Arguments), &use.Input) != nil {
				return malformedInput("messages: the arguments of a tool call are no JSON")
			}
			content = append(content, model.Block{ToolUse: use})
		}
		r.Messages = append(r.Messages, model.Message{Role: model.Assistant, Content: content})
	default:
		return malformedInput("messages: a role is system, developer, user, assistant or tool")
	}
	return nil
}

func chatContent(raw json.RawMessage) ([]model.Block, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []model.Block{{Text: text}}, nil
	}
	var parts []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		ImageURL struct {
			URL    string `json:"url"`
			Detail string `json:"detail"`
		} `json:"image_url"`
	}
	if err := decodeNative(raw, &parts); err != nil {
		return nil, err
	}
	var out []model.Block
	for _, p := range parts {
		switch p.Type {
		case "text":
			out = append(out, model.Block{Text: p.Text})
		case "image_url":
			head, data, ok := strings.Cut(p.ImageURL.URL, ";base64,")
			format, isImage := strings.CutPrefix(head, "data:image/")
			bytes, err := base64.StdEncoding.DecodeString(data)
			if !ok || !isImage || err != nil {
				return nil, unsupported("images outside of the request")
			}
			out = append(out, model.Block{Image: &model.Image{Format: format, Bytes: bytes}})
		default:
			return nil, unsupported("content other than text and images")
		}
	}
	return out, nil
}

// oneOrMore reads a string or a list of strings.
func oneOrMore(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var more []string
	if json.Unmarshal(raw, &more) != nil {
		return nil, malformedInput("stop is a string or a list of strings")
	}
	return more, nil
}

func chatChoice(raw json.RawMessage) (c model.ToolChoice, err error) {
	if len(raw) == 0 || string(raw) == "null" {
		return c, nil
	}
	var word string
	if json.Unmarshal(raw, &word) == nil {
		switch word {
		case "auto":
			return c, nil
		case "required":
			return model.ToolChoice{Any: true}, nil
		}
		return c, unsupported("the tool choice " + word)
	}
	var named chatTool
	if err := decodeNative(raw, &named); err != nil {
		return c, err
	}
	return model.ToolChoice{Name: named.Function.Name}, nil
}

var chatStops = map[model.StopReason]string{
	model.EndTurn: "stop", model.StopForTool: "tool_calls", model.StopForTokens: "length", model.StopAtSequence: "stop", model.ContentFiltered: "content_filter",
}

// chatStop has OpenAI's word for an answer that was withheld, since clients count on one.
func chatStop(a nativeAnswer) any {
	if a.blocked {
		return "content_filter"
	}
	return a.stop(chatStops)
}

func chatUsage(u model.Usage) map[string]int {
	return map[string]int{"prompt_tokens": u.InputTokens, "completion_tokens": u.OutputTokens, "total_tokens": u.InputTokens + u.OutputTokens}
}

func (chat) whole(a nativeAnswer) any {
	message := map[string]any{"role": "assistant", "content": a.text()}
	var calls []any
	for _, b := range a.content {
		if b.ToolUse != nil {
			arguments, err := json.Marshal(b.ToolUse.Input)
			if err != nil {
				arguments = []byte("{}") // it was read from JSON
			}
			calls = append(calls, chatCall(len(calls), b.ToolUse.ID, b.ToolUse.Name, string(arguments)))
		}
	}
	if calls != nil {
		message["tool_calls"] = calls
	}
	return map[string]any{
		"id": "chatcmpl-" + ident.Lower(24), "object": "chat.completion", "model": a.model, "usage": chatUsage(a.end.Usage),
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": chatStop(a)}},
	}
}

func chatCall(index int, id, name, arguments string) map[string]any {
	call := map[string]any{"index": index, "function": map[string]any{"arguments": arguments}}
	if name != "" {
		call["id"], call["type"] = id, "function"
		call["function"] = map[string]any{"name": name, "arguments": arguments}
	}
	return call
}

func (chat) stream() nativeStream { return &chatStream{id: "chatcmpl-" + ident.Lower(24), tool: -1} }

type chatStream struct {
	id   string
	tool int // index of the tool call that is open, or was last
}

func (s *chatStream) chunk(delta map[string]any, finish any) map[string]any {
	return map[string]any{
		"id": s.id, "object": "chat.completion.chunk", "choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
	}
}

func (s *chatStream) delta(d model.Delta) []any {
	if d.Tool == nil {
		return []any{s.chunk(map[string]any{"role": "assistant", "content": d.Text}, nil)}
	}
	if d.Tool.Name != "" {
		s.tool++
	}
	return []any{s.chunk(map[string]any{"tool_calls": []any{chatCall(s.tool, d.Tool.ID, d.Tool.Name, d.Tool.Input)}}, nil)}
}

func (s *chatStream) last(a nativeAnswer) []any {
	last := s.chunk(map[string]any{}, chatStop(a))
	last["usage"] = chatUsage(a.end.Usage)
	return []any{last}
}
