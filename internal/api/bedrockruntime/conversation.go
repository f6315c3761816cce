package bedrockruntime

import (
	"strconv"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// conversation turns a Converse request into a conversation. What no model here understands is refused rather than left away.
func conversation(in *wire.ConverseRequest) (model.Request, error) {
	r := model.Request{Model: *in.ModelId}
	if len(in.PromptVariables) > 0 {
		return r, unsupported("promptVariables")
	}
	for _, s := range in.System {
		b, keep, err := block(wire.ContentBlock{Text: s.Text, GuardContent: s.GuardContent, CachePoint: s.CachePoint})
		if err != nil {
			return r, err
		}
		if keep {
			r.System = append(r.System, b)
		}
	}
	if len(in.Messages) == 0 {
		return r, fault.New(fault.Invalid, "The conversation must have at least one message.")
	}
	for i, m := range in.Messages {
		next := model.Message{Role: model.Role(*m.Role)}
		if next.Role != model.User && next.Role != model.Assistant {
			return r, unsupported("role " + string(next.Role))
		}
		if i == 0 && next.Role != model.User {
			return r, fault.New(fault.Invalid, "A conversation must start with a user message. Try again with a conversation that starts with a user message.")
		}
		for _, c := range m.Content {
			b, keep, err := block(c)
			if err != nil {
				return r, err
			}
			if keep {
				next.Content = append(next.Content, b)
			}
		}
		if len(next.Content) == 0 {
			return r, fault.New(fault.Invalid, "The content field in the Message object at messages.%d is empty. Add a ContentBlock object to the content field and try again.", i)
		}
		r.Messages = append(r.Messages, next)
	}
	r.Inference = inferenceOf(in.InferenceConfig)
	var err error
	if r.Tools, r.ToolChoice, err = toolsOf(in.ToolConfig); err != nil {
		return r, err
	}
	return r, extra(&r, in.AdditionalModelRequestFields)
}

func unsupported(what string) error {
	return fault.New(fault.Invalid, "This model does not support %s.", what)
}

// extra takes the fields of the model's own.
func extra(r *model.Request, fields codec.Document) error {
	if fields == nil {
		return nil
	}
	object, ok := fields.(map[string]any)
	if !ok {
		return fault.New(fault.Invalid, "The additionalModelRequestFields are not a JSON object.")
	}
	r.Extra = object
	return nil
}

func inferenceOf(c *wire.InferenceConfiguration) model.Inference {
	if c == nil {
		return model.Inference{}
	}
	out := model.Inference{Temperature: double(c.Temperature), TopP: double(c.TopP), Stop: c.StopSequences}
	if c.MaxTokens != nil {
		out.MaxTokens = new(int(*c.MaxTokens))
	}
	return out
}

// double widens a number so that it reads as before: 0.7 stays 0.7.
func double(f *float32) *float64 {
	if f == nil {
		return nil
	}
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(*f), 'g', -1, 32), 64)
	if err != nil {
		wide = float64(*f)
	}
	return &wide
}

func toolsOf(c *wire.ToolConfiguration) (tools []model.Tool, choice model.ToolChoice, err error) {
	if c == nil {
		return nil, choice, nil
	}
	for _, t := range c.Tools {
		switch {
		case t.ToolSpec != nil:
			next := model.Tool{Name: *t.ToolSpec.Name, Schema: t.ToolSpec.InputSchema.Json}
			if t.ToolSpec.Description != nil {
				next.Description = *t.ToolSpec.Description
			}
			tools = append(tools, next)
		case t.CachePoint != nil: // a hint about cost
		default:
			return nil, choice, unsupported("system tools")
		}
	}
	if c.ToolChoice != nil {
		choice.Any = c.ToolChoice.Any != nil
		if c.ToolChoice.Tool != nil {
			choice.Name = *c.ToolChoice.Tool.Name
		}
	}
	return tools, choice, nil
}

// block turns one piece of content; keep is false for cache points, which are hints about cost alone.
func block(c wire.ContentBlock) (b model.Block, keep bool, err error) {
	switch {
	case c.Text != nil:
		return model.Block{Text: *c.Text}, true, nil
	case c.Image != nil:
		b.Image, err = imageOf(c.Image)
		return b, true, err
	case c.GuardContent != nil:
		return guardedBlock(c.GuardContent), true, nil
	case c.ToolUse != nil:
		b.ToolUse = &model.ToolUse{ID: *c.ToolUse.ToolUseId, Name: *c.ToolUse.Name, Input: c.ToolUse.Input}
		return b, true, nil
	case c.ToolResult != nil:
		b.ToolResult, err = resultOf(c.ToolResult)
		return b, true, err
	case c.CachePoint != nil:
		return b, false, nil
	case c.ReasoningContent != nil:
		return b, false, nil // an earlier answer's reasoning, which other models do without
	default:
		return b, false, unsupported("content other than text, images and tools")
	}
}

func imageOf(i *wire.ImageBlock) (*model.Image, error) {
	if i.Source.S3Location != nil || len(i.Source.Bytes) == 0 {
		return nil, unsupported("images outside of the request")
	}
	return &model.Image{Format: string(*i.Format), Bytes: i.Source.Bytes}, nil
}

func guardedBlock(g *wire.GuardrailConverseContentBlock) model.Block {
	b := model.Block{Guard: &model.Guard{}}
	if g.Image != nil {
		b.Image = &model.Image{Format: string(*g.Image.Format), Bytes: g.Image.Source.Bytes}
		return b
	}
	b.Text = *g.Text.Text
	for _, q := range g.Text.Qualifiers {
		switch q {
		case wire.GuardrailConverseContentQualifierGroundingSource:
			b.Guard.GroundingSource = true
		case wire.GuardrailConverseContentQualifierQuery:
			b.Guard.Query = true
		case wire.GuardrailConverseContentQualifierGuardContent:
			b.Guard.GuardContent = true
		}
	}
	return b
}

func resultOf(r *wire.ToolResultBlock) (*model.ToolResult, error) {
	out := &model.ToolResult{ID: *r.ToolUseId, Failed: r.Status != nil && *r.Status == wire.ToolResultStatusError}
	for _, c := range r.Content {
		switch {
		case c.Text != nil:
			out.Content = append(out.Content, model.Block{Text: *c.Text})
		case c.Image != nil:
			image, err := imageOf(c.Image)
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, model.Block{Image: image})
		case c.Json != nil:
			out.Content = append(out.Content, model.Block{Text: string(jsontext.AppendDocument(nil, c.Json))})
		default:
			return nil, unsupported("tool results other than text, JSON and images")
		}
	}
	return out, nil
}
