package bedrockruntime

import (
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/model"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// nova is the form of Amazon Nova, which is that of Converse with a few members more.
type nova struct{}

func (nova) read(body []byte) (model.Request, error) {
	in := &wire.ConverseRequest{}
	if err := jsontext.NewDecoder(body, jsontext.Options{Time: codec.Epoch}).Decode(in); err != nil {
		return model.Request{}, malformedInput("it does not have the form that the model takes")
	}
	in.ModelId = new("nova")
	if err := codec.Check(in); err != nil {
		return model.Request{}, err
	}
	return conversation(in)
}

func novaStop(a nativeAnswer) string {
	if a.blocked {
		return "guardrail_intervened"
	}
	return string(a.end.Stop)
}

func novaUsage(u model.Usage) map[string]int {
	return map[string]int{"inputTokens": u.InputTokens, "outputTokens": u.OutputTokens, "totalTokens": u.InputTokens + u.OutputTokens}
}

func (nova) whole(a nativeAnswer) any {
	content := []any{}
	for _, b := range a.content {
		if b.ToolUse != nil {
			content = append(content, map[string]any{"toolUse": map[string]any{"toolUseId": b.ToolUse.ID, "name": b.ToolUse.Name, "input": b.ToolUse.Input}})
		} else {
			content = append(content, map[string]any{"text": b.Text})
		}
	}
	return map[string]any{
		"output": map[string]any{"message": map[string]any{"role": "assistant", "content": content}}, "stopReason": novaStop(a), "usage": novaUsage(a.end.Usage),
	}
}

func (nova) stream() nativeStream { return &novaStream{} }

type novaStream struct {
	begun, open bool
	block       int
}

func (s *novaStream) delta(d model.Delta) (out []any) {
	if !s.begun {
		s.begun = true
		out = append(out, map[string]any{"messageStart": map[string]any{"role": "assistant"}})
	}
	if s.open && s.block != d.Block {
		out = append(out, s.stop())
	}
	fresh := !s.open
	s.open, s.block = true, d.Block
	delta := map[string]any{"text": d.Text}
	if d.Tool != nil {
		if fresh {
			start := map[string]any{"toolUse": map[string]any{"toolUseId": d.Tool.ID, "name": d.Tool.Name}}
			out = append(out, map[string]any{"contentBlockStart": map[string]any{"start": start, "contentBlockIndex": d.Block}})
		}
		delta = map[string]any{"toolUse": map[string]any{"input": d.Tool.Input}}
	}
	return append(out, map[string]any{"contentBlockDelta": map[string]any{"delta": delta, "contentBlockIndex": d.Block}})
}

func (s *novaStream) stop() any {
	s.open = false
	return map[string]any{"contentBlockStop": map[string]any{"contentBlockIndex": s.block}}
}

func (s *novaStream) last(a nativeAnswer) (out []any) {
	if !s.begun {
		out = append(out, map[string]any{"messageStart": map[string]any{"role": "assistant"}})
	}
	if s.open {
		out = append(out, s.stop())
	}
	return append(out, map[string]any{"messageStop": map[string]any{"stopReason": novaStop(a)}},
		map[string]any{"metadata": map[string]any{"usage": novaUsage(a.end.Usage), "metrics": map[string]any{"latencyMs": a.latency.Milliseconds()}}})
}
