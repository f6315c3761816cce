package bedrockruntime

import (
	"encoding/json"

	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/model"
)

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

func (c chat) whole(a nativeAnswer) any {
	message := map[string]any{"role": "assistant", "content": a.text()}
	var calls []any
	for _, b := range a.content {
		if b.ToolUse != nil {
			arguments, err := json.Marshal(b.ToolUse.Input)
			if err != nil {
				arguments = []byte("{}") // it was read from JSON
			}
			calls = append(calls, chatCall(b.ToolUse.ID, b.ToolUse.Name, string(arguments)))
		}
	}
	if calls != nil {
		message["tool_calls"] = calls
		if message["content"] == "" {
			message["content"] = nil
		}
	}
	return map[string]any{
		"id": "chatcmpl-" + ident.Lower(24), "object": "chat.completion", "created": c.created.Unix(), "model": c.model, "usage": chatUsage(a.end.Usage),
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": chatStop(a)}},
	}
}

func chatCall(id, name, arguments string) map[string]any {
	if name == "" {
		return map[string]any{"function": map[string]any{"arguments": arguments}}
	}
	return map[string]any{"id": id, "type": "function", "function": map[string]any{"name": name, "arguments": arguments}}
}

// usagePlace is where the chunks of a stream tell the tokens.
type usagePlace int

const (
	usageInLast usagePlace = iota
	usageApart             // in a further chunk without choices, as stream_options asks for
	usageNowhere
)

func (c chat) stream() nativeStream {
	return &chatStream{chat: c, id: "chatcmpl-" + ident.Lower(24), tool: -1}
}

type chatStream struct {
	chat
	id    string
	begun bool
	tool  int // index of the tool call that is open, or was last
}

func (s *chatStream) chunk(choices ...any) map[string]any {
	if choices == nil {
		choices = []any{}
	}
	return map[string]any{"id": s.id, "object": "chat.completion.chunk", "created": s.created.Unix(), "model": s.model, "choices": choices}
}

// choice is the one of a chunk. The first names the role: clients join what each says.
func (s *chatStream) choice(delta map[string]any, finish any) map[string]any {
	if !s.begun {
		s.begun, delta["role"] = true, "assistant"
	}
	return map[string]any{"index": 0, "delta": delta, "finish_reason": finish}
}

func (s *chatStream) delta(d model.Delta) []any {
	if d.Tool == nil {
		return []any{s.chunk(s.choice(map[string]any{"content": d.Text}, nil))}
	}
	if d.Tool.Name != "" {
		s.tool++
	}
	call := chatCall(d.Tool.ID, d.Tool.Name, d.Tool.Input)
	call["index"] = s.tool
	return []any{s.chunk(s.choice(map[string]any{"tool_calls": []any{call}}, nil))}
}

func (s *chatStream) last(a nativeAnswer) []any {
	last := s.chunk(s.choice(map[string]any{}, chatStop(a)))
	switch s.usage {
	case usageApart:
		apart := s.chunk()
		apart["usage"] = chatUsage(a.end.Usage)
		return []any{last, apart}
	case usageInLast:
		last["usage"] = chatUsage(a.end.Usage)
	case usageNowhere:
	}
	return []any{last}
}
