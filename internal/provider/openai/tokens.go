package openai

import (
	"context"
	"encoding/json"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

var _ model.TokenCounter = (*Provider)(nil)

// CountTokens asks the server how many tokens a conversation has once the model's template is laid over it. It is Invalid where the server
// has no way to tell.
func (p *Provider) CountTokens(ctx context.Context, r model.Request) (int, error) {
	messages, err := conversation(r)
	if err != nil {
		return 0, err
	}
	fields := map[string]any{"model": p.config.Model, "messages": messages}
	if len(r.Tools) > 0 {
		fields["tools"] = tools(r.Tools)
	}
	switch p.config.Tokenize {
	case VLLMTokenize:
		fields["add_generation_prompt"] = true
		var counted struct {
			Count *int `json:"count"`
		}
		if err := p.ask(ctx, "/tokenize", fields, &counted); err != nil {
			return 0, err
		}
		if counted.Count == nil {
			return 0, remote.Malformed(nil)
		}
		return *counted.Count, nil
	case LlamaTokenize:
		var laid struct {
			Prompt *string `json:"prompt"`
		}
		if err := p.ask(ctx, "/apply-template", fields, &laid); err != nil {
			return 0, err
		}
		if laid.Prompt == nil {
			return 0, remote.Malformed(nil)
		}
		var counted struct {
			Tokens []json.RawMessage `json:"tokens"`
		}
		if err := p.ask(ctx, "/tokenize", map[string]any{"content": *laid.Prompt, "add_special": true}, &counted); err != nil {
			return 0, err
		}
		if counted.Tokens == nil {
			return 0, remote.Malformed(nil)
		}
		return len(counted.Tokens), nil
	default:
		return 0, fault.New(fault.Invalid, "The provided model doesn't support counting tokens.")
	}
}

// ask posts a JSON body to a path of the server's root and reads a JSON answer.
func (p *Provider) ask(ctx context.Context, path string, fields map[string]any, out any) error {
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	a, err := p.send(ctx, p.root+path, body)
	if err != nil {
		return err
	}
	defer a.Close()
	data, err := a.Whole()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return remote.Malformed(err)
	}
	return nil
}
