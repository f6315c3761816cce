package bedrock

import (
	"context"
	"encoding/json"
	"fmt"

	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

type usage struct {
	Input  int `json:"inputTokens"`
	Output int `json:"outputTokens"`
}

// ending is how an answer ended.
type ending struct {
	Reason string `json:"stopReason"`
	Extra  struct {
		StopSequence string `json:"stop_sequence"`
	} `json:"additionalModelResponseFields"`
}

type answer struct {
	Output struct {
		Message struct {
			Content []map[string]json.RawMessage `json:"content"`
		} `json:"message"`
	} `json:"output"`
	ending
	Usage *usage `json:"usage"`
}

// Generate gives the whole answer.
func (p *Provider) Generate(ctx context.Context, r model.Request) (model.Response, error) {
	body, err := converse(r)
	if err != nil {
		return model.Response{}, err
	}
	body.sampled(r.Inference)
	a, err := p.send(ctx, "converse", body)
	if err != nil {
		return model.Response{}, err
	}
	defer a.Close()
	data, err := a.Whole()
	if err != nil {
		return model.Response{}, err
	}
	var said answer
	if err := json.Unmarshal(data, &said); err != nil || said.Usage == nil {
		return model.Response{}, remote.Malformed(err)
	}
	var out model.Response
	if out.End, err = said.end(*said.Usage); err != nil {
		return model.Response{}, err
	}
	for _, b := range said.Output.Message.Content {
		if err := take(&out, b); err != nil {
			return model.Response{}, err
		}
	}
	return out, nil
}

// take adds a block of an answer. Reasoning is left away; an answer with something else is refused, since a part of it would be missing.
func take(out *model.Response, b map[string]json.RawMessage) error {
	for name, value := range b {
		switch name {
		case "text":
			var text string
			if err := json.Unmarshal(value, &text); err != nil {
				return remote.Malformed(err)
			}
			if text != "" {
				out.Content = append(out.Content, model.Block{Text: text})
			}
		case "toolUse":
			var said struct {
				ID    string          `json:"toolUseId"`
				Name  string          `json:"name"`
				Input json.RawMessage `json:"input"`
			}
			if err := json.Unmarshal(value, &said); err != nil || said.Name == "" {
				return remote.Malformed(err)
			}
			input, err := jsontext.NewDecoder(said.Input, jsontext.Options{}).DecodeDocument()
			if err != nil {
				return remote.Malformed(err)
			}
			out.Content = append(out.Content, model.Block{ToolUse: &model.ToolUse{ID: said.ID, Name: said.Name, Input: input}})
		case "reasoningContent":
		default:
			return unknownContent()
		}
	}
	return nil
}

func unknownContent() error {
	return fault.New(fault.Upstream, "The model's answer has content other than text and tools.")
}

// end says why an answer ended, in our words. A guardrail of the account there withholds an answer as the model's own filter does.
func (e ending) end(u usage) (model.End, error) {
	out := model.End{Usage: model.Usage{InputTokens: u.Input, OutputTokens: u.Output}}
	switch e.Reason {
	case "end_turn":
		out.Stop = model.EndTurn
	case "tool_use":
		out.Stop = model.StopForTool
	case "max_tokens", "model_context_window_exceeded":
		out.Stop = model.StopForTokens
	case "stop_sequence":
		out.Stop, out.StopSequence = model.StopAtSequence, e.Extra.StopSequence
	case "content_filtered", "guardrail_intervened":
		out.Stop = model.ContentFiltered
	default:
		return out, remote.Malformed(fmt.Errorf("stop reason %.40q", e.Reason))
	}
	return out, nil
}

// CountTokens asks how many tokens a conversation has.
func (p *Provider) CountTokens(ctx context.Context, r model.Request) (int, error) {
	body, err := converse(r)
	if err != nil {
		return 0, err
	}
	a, err := p.send(ctx, "count-tokens", map[string]any{"input": map[string]any{"converse": body}})
	if err != nil {
		return 0, err
	}
	defer a.Close()
	data, err := a.Whole()
	if err != nil {
		return 0, err
	}
	var counted struct {
		Tokens *int `json:"inputTokens"`
	}
	if err := json.Unmarshal(data, &counted); err != nil || counted.Tokens == nil {
		return 0, remote.Malformed(err)
	}
	return *counted.Tokens, nil
}
