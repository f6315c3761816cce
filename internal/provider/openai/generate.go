package openai

import (
	"context"
	"encoding/json"

	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

// maxEvent bounds one event of a stream, in bytes.
const maxEvent = 4 << 20

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
}

type completion struct {
	Choices []struct {
		Message struct {
			Content   string     `json:"content"`
			ToolCalls []toolCall `json:"tool_calls"`
		} `json:"message"`
		finish
	} `json:"choices"`
	Usage usage `json:"usage"`
}

// finish is how a choice ended. vLLM tells in stop_reason which stop sequence it was.
type finish struct {
	FinishReason string `json:"finish_reason"`
	StopReason   any    `json:"stop_reason"`
}

// Generate gives the whole answer.
func (p *Provider) Generate(ctx context.Context, r model.Request) (model.Response, error) {
	body, err := p.body(r, false)
	if err != nil {
		return model.Response{}, err
	}
	a, err := p.send(ctx, p.endpoint, body)
	if err != nil {
		return model.Response{}, err
	}
	defer a.Close()
	data, err := a.Whole()
	if err != nil {
		return model.Response{}, err
	}
	var c completion
	if err := json.Unmarshal(data, &c); err != nil || len(c.Choices) == 0 {
		return model.Response{}, remote.Malformed(err)
	}
	choice := c.Choices[0]
	if choice.FinishReason == "" {
		return model.Response{}, remote.Malformed(nil)
	}
	out := model.Response{End: choice.end(c.Usage)}
	if choice.Message.Content != "" {
		out.Content = append(out.Content, model.Block{Text: choice.Message.Content})
	}
	for _, t := range choice.Message.ToolCalls {
		use := model.ToolUse{ID: t.ID, Name: t.Function.Name, Input: map[string]any{}}
		if t.Function.Arguments != "" {
			if err := json.Unmarshal([]byte(t.Function.Arguments), &use.Input); err != nil {
				return model.Response{}, remote.Malformed(err)
			}
		}
		out.Content = append(out.Content, model.Block{ToolUse: &use})
	}
	return out, nil
}

// end says why a choice ended, in our words.
func (f finish) end(u usage) model.End {
	end := model.End{Stop: model.EndTurn, Usage: model.Usage{InputTokens: u.Prompt, OutputTokens: u.Completion}}
	switch f.FinishReason {
	case "length":
		end.Stop = model.StopForTokens
	case "tool_calls", "function_call":
		end.Stop = model.StopForTool
	case "content_filter":
		end.Stop = model.ContentFiltered
	case "stop":
		if sequence, ok := f.StopReason.(string); ok && sequence != "" {
			end.Stop, end.StopSequence = model.StopAtSequence, sequence
		}
	}
	return end
}
