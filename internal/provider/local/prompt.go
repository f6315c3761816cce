package local

import (
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"math"

	"merlon.dev/merlon/internal/chattemplate"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/sample"
	"merlon.dev/merlon/internal/nn/token"
)

// newCall readies a request. Its errors are Invalid but where the folder's template fails.
func (p *Provider) newCall(r model.Request) (*call, error) {
	ids, err := p.prompt(r)
	if err != nil {
		return nil, err
	}
	c := &call{ids: ids, prompt: len(ids), most: p.config.MaxTokens, stop: sample.NewStop(r.Inference.Stop), text: p.tokenizer.NewText()}
	room := p.config.Context - len(ids)
	if room < 1 {
		return nil, fault.New(fault.Invalid, "Input is too long for requested model.")
	}
	if m := r.Inference.MaxTokens; m != nil {
		if *m < 1 {
			return nil, fault.New(fault.Invalid, "The maximum number of tokens is less than 1.")
		}
		c.most = *m
	}
	c.most = min(c.most, room)
	c.pages = decoder.Pages(len(ids) + c.most)
	c.pieces = make(chan string, c.most+2)
	picks, err := p.sampling(r)
	if err != nil {
		return nil, err
	}
	c.sampler = sample.New(picks)
	for _, id := range ids {
		c.sampler.Seen(id)
	}
	return c, nil
}

// sampling is how a request wants tokens picked; what it leaves out is as the model's folder says.
func (p *Provider) sampling(r model.Request) (sample.Config, error) {
	c := p.defaults.sampling
	if t := r.Inference.TopP; t != nil {
		c.TopP = *t
		if c.Temperature == 0 && r.Inference.Temperature == nil {
			c.Temperature = 1
		}
	}
	if t := r.Inference.Temperature; t != nil {
		c.Temperature = *t
	}
	var seed [8]byte
	_, _ = crand.Read(seed[:]) // never fails
	c.Seed = binary.LittleEndian.Uint64(seed[:])
	for name, v := range r.Extra {
		f, ok := number(v)
		switch {
		case !ok:
			return c, fault.New(fault.Invalid, "The field %.40q is not a number.", name)
		case name == "top_k" && f == math.Trunc(f) && f < 1<<31:
			c.TopK = int(f)
		case name == "min_p":
			c.MinP = f
		case name == "repetition_penalty":
			c.Repetition = f
		case name == "seed" && f == math.Trunc(f) && math.Abs(f) < 1<<53:
			c.Seed = uint64(int64(f))
		default:
			return c, fault.New(fault.Invalid, "The model takes no field %.40q, or not with this value.", name)
		}
	}
	if err := c.Check(); err != nil {
		return c, fault.New(fault.Invalid, "%v", err)
	}
	return c, nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// prompt is the tokens of a conversation. What its speakers wrote never becomes one of the model's marks.
func (p *Provider) prompt(r model.Request) ([]int32, error) {
	messages, err := conversation(r)
	if err != nil {
		return nil, err
	}
	var e token.Encoding
	if p.dialogue.template == nil {
		text := plain(messages)
		if err := p.tokenizer.AppendForeign(&e, text, []token.Span{{From: 0, To: len(text)}}); err != nil {
			return nil, fault.New(fault.Invalid, "Input is too long for requested model.")
		}
		var framed token.Encoding
		p.tokenizer.Frame(&framed, token.Window{Of: &e, From: 0, To: e.Len()})
		return orOne(framed.IDs)
	}
	out, err := p.dialogue.template.Render(map[string]any{
		"messages": messages, "bos_token": p.dialogue.begin, "eos_token": p.dialogue.end, "add_generation_prompt": true, "tools": nil, "now": p.config.Now().Unix(),
	})
	if refused := (*chattemplate.Error)(nil); errors.As(err, &refused) && refused.Raised {
		return nil, fault.New(fault.Invalid, "The model does not take the conversation: %s", refused.Message)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Upstream, "The model's chat template failed.")
	}
	spans := make([]token.Span, len(out.Foreign))
	for i, s := range out.Foreign {
		spans[i] = token.Span(s)
	}
	if err := p.tokenizer.AppendForeign(&e, out.Text, spans); err != nil {
		return nil, fault.New(fault.Invalid, "Input is too long for requested model.")
	}
	return orOne(e.IDs)
}

func orOne(ids []int32) ([]int32, error) {
	if len(ids) == 0 {
		return nil, fault.New(fault.Invalid, "The conversation has no text.")
	}
	return ids, nil
}

// unsupported names what of a request the model cannot take, in the words of the service.
func unsupported(field string) error {
	return fault.New(fault.Invalid, "This model doesn't support the %[1]s field. Remove %[1]s and try again.", field)
}

// conversation is the messages as chat templates want them.
func conversation(r model.Request) ([]any, error) {
	if len(r.Tools) > 0 && !r.ToolChoice.None {
		return nil, unsupported("toolConfig.tools")
	}
	var out []any
	add := func(role string, blocks []model.Block) error {
		var text string
		for _, b := range blocks {
			switch {
			case b.Image != nil:
				return unsupported("image")
			case b.ToolUse != nil:
				return unsupported("toolUse")
			case b.ToolResult != nil:
				return unsupported("toolResult")
			}
			text += b.Text
		}
		out = append(out, chattemplate.Object{{Name: "role", Value: role}, {Name: "content", Value: chattemplate.Foreign(text)}})
		return nil
	}
	if len(r.System) > 0 {
		if err := add("system", r.System); err != nil {
			return nil, err
		}
	}
	for _, m := range r.Messages {
		if err := add(string(m.Role), m.Content); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plain is the prompt of a model without a chat template: the texts, a line apart, which the model goes on with.
func plain(messages []any) string {
	var text string
	for i, m := range messages {
		if i > 0 {
			text += "\n"
		}
		text += string(m.(chattemplate.Object)[1].Value.(chattemplate.Foreign))
	}
	return text
}
