package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/chattemplate"
	"merlon.dev/merlon/internal/nn/sample"
	"merlon.dev/merlon/internal/nn/token"
)

// Limits of the files of a folder, in bytes.
const (
	maxTokenizer = 128 << 20
	maxSettings  = 16 << 20
)

// dialogue is how conversations become prompts.
type dialogue struct {
	template   *chattemplate.Template // nil for a model that only goes on with a text
	begin, end string                 // special tokens that templates name
}

// defaults is what the folder says for what a request leaves out.
type defaults struct{ sampling sample.Config }

// read loads everything but the weights.
func (p *Provider) read() error {
	text, err := p.file("tokenizer.json", maxTokenizer)
	if err != nil {
		return err
	}
	if p.tokenizer, err = token.Load(text, token.Options{}); err != nil {
		return fmt.Errorf("tokenizer.json: %w", err)
	}
	p.ends = map[int32]bool{}
	for _, id := range p.decoder.Config().Ends {
		p.ends[id] = true
	}
	if err := p.readTokenizerConfig(); err != nil {
		return fmt.Errorf("tokenizer_config.json: %w", err)
	}
	if err := p.readGenerationConfig(); err != nil {
		return fmt.Errorf("generation_config.json: %w", err)
	}
	if source, err := p.file("chat_template.jinja", maxSettings); err == nil {
		if p.dialogue.template, err = chattemplate.Parse(string(source)); err != nil {
			return fmt.Errorf("chat_template.jinja: %w", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (p *Provider) file(name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(p.config.Folder, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, %d are taken", name, info.Size(), limit)
	}
	return fs.ReadFile(p.config.Folder, name)
}

// settings reads a JSON file that need not be there.
func (p *Provider) settings(name string, into any) error {
	text, err := p.file(name, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// tokenName is a token as a string or as an object with its content.
type tokenName string

// UnmarshalJSON takes both spellings, and null.
func (n *tokenName) UnmarshalJSON(text []byte) error {
	var object struct{ Content string }
	if len(text) > 0 && text[0] == '{' {
		err := json.Unmarshal(text, &object)
		*n = tokenName(object.Content)
		return err
	}
	return json.Unmarshal(text, (*string)(n))
}

func (p *Provider) readTokenizerConfig() error {
	var raw struct {
		Template json.RawMessage `json:"chat_template"`
		Begin    tokenName       `json:"bos_token"`
		End      tokenName       `json:"eos_token"`
	}
	if err := p.settings("tokenizer_config.json", &raw); err != nil {
		return err
	}
	p.dialogue.begin, p.dialogue.end = string(raw.Begin), string(raw.End)
	if raw.End != "" {
		id, ok := p.tokenizer.ID(string(raw.End))
		if !ok {
			return fmt.Errorf("eos_token %.40q is not in tokenizer.json", string(raw.End))
		}
		p.ends[id] = true
	}
	if len(raw.Template) == 0 || string(raw.Template) == "null" {
		return nil
	}
	var source string
	var several []struct{ Name, Template string }
	if json.Unmarshal(raw.Template, &source) != nil {
		if err := json.Unmarshal(raw.Template, &several); err != nil {
			return fmt.Errorf("chat_template: %w", err)
		}
		for _, t := range several {
			if t.Name == "default" {
				source = t.Template
			}
		}
		if source == "" {
			return errors.New("chat_template: none is named default")
		}
	}
	var err error
	p.dialogue.template, err = chattemplate.Parse(source)
	return err
}

func (p *Provider) readGenerationConfig() error {
	var raw struct {
		Ends        json.RawMessage `json:"eos_token_id"`
		Sample      bool            `json:"do_sample"`
		Temperature *float64        `json:"temperature"`
		TopP        float64         `json:"top_p"`
		TopK        int             `json:"top_k"`
		MinP        float64         `json:"min_p"`
		Repetition  float64         `json:"repetition_penalty"`
	}
	if err := p.settings("generation_config.json", &raw); err != nil {
		return err
	}
	var ends []int32
	if one := int32(0); json.Unmarshal(raw.Ends, &one) == nil && string(raw.Ends) != "null" {
		ends = []int32{one}
	} else if len(raw.Ends) > 0 && json.Unmarshal(raw.Ends, &ends) != nil {
		return errors.New("eos_token_id is neither an id nor a list of ids")
	}
	for _, id := range ends {
		p.ends[id] = true
	}
	s := &p.defaults.sampling
	s.Repetition = raw.Repetition
	if raw.Sample {
		*s = sample.Config{Temperature: 1, TopP: raw.TopP, TopK: raw.TopK, MinP: raw.MinP, Repetition: raw.Repetition}
		if raw.Temperature != nil {
			s.Temperature = *raw.Temperature
		}
	}
	return s.Check()
}
